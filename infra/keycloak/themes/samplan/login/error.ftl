<#-- Why a sign-in failed, and one button: begin it anew, in place. Keycloak's own has none where
     the client has no address, and ours has one for each huvudman. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
    <#if section = "header">
        ${msg("errorTitle")}
    <#elseif section = "form">
        <div id="kc-error-message">
            <p class="instruction">${kcSanitize(message.summary)?no_esc}</p>
            <#if url.loginRestartFlowUrl?contains("tab_id") && message.summary != msg("cookieNotFoundMessage")>
                <p><a id="tryAgain" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!}" href="${url.loginRestartFlowUrl}">${msg("samplanTryAgain")}</a></p>
            <#else>
                <p>${msg("samplanStartOver")}</p>
            </#if>
        </div>
    </#if>
</@layout.registrationLayout>
