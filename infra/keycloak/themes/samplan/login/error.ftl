<#-- Why a sign-in failed, and one button: begin it anew, in place, or at the huvudman that it came
     from (js/again.js). Keycloak's own has none where the client has no address, and ours has one for
     each huvudman. -->
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
                <#if (client.attributes["samplan.addresses"])??>
                    <p id="samplan-again" hidden data-origins="${client.attributes["samplan.addresses"]}"><a id="tryAgain" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!}">${msg("samplanTryAgain")}</a></p>
                </#if>
                <p id="samplan-start-over">${msg("samplanStartOver")}</p>
            </#if>
        </div>
    </#if>
</@layout.registrationLayout>
