"""A batch as the documentation shows it and the tests read it."""

BATCH = """\
<hsaBatch made="2026-11-30T02:00:00+01:00">
  <GetCredentialsForPersonIncludingProtectedPersonResponse>
    <credentialInformation>
      <givenName>Sara</givenName>
      <middleAndSurName>Lindmark</middleAndSurName>
      <personHsaId>SE2321000214-P001</personHsaId>
      <healthCareProfessionalLicence>Sjuksköterska</healthCareProfessionalLicence>
      <hsaSystemRole><systemId>SAMPLAN</systemId><role>ekonom:SE2321000214-1001</role></hsaSystemRole>
      <protectedPerson>true</protectedPerson>
      <commission>
        <commissionName>VoB Avdelning 1</commissionName>
        <commissionHsaId>SE2321000214-C001</commissionHsaId>
        <commissionPurpose>Vård och behandling</commissionPurpose>
        <commissionRight>
          <activity>Läsa</activity><informationClass>alla</informationClass><scope>VE</scope>
        </commissionRight>
        <healthCareUnitHsaId>SE2321000214-1001</healthCareUnitHsaId>
        <healthCareUnitName>Avdelning 1</healthCareUnitName>
        <healthCareUnitStartDate>2015-01-01T00:00:00</healthCareUnitStartDate>
        <healthCareProviderHsaId>SE2321000214-0001</healthCareProviderHsaId>
        <healthCareProviderName>Region Exempel</healthCareProviderName>
        <healthCareProviderOrgNo>2321000214</healthCareProviderOrgNo>
      </commission>
    </credentialInformation>
  </GetCredentialsForPersonIncludingProtectedPersonResponse>
</hsaBatch>
"""
