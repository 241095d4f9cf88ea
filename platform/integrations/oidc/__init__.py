"""The sign-in service (inloggningstjänsten): an OpenID provider, in production Keycloak's `staff`.

It says who somebody is, by a card of SITHS or the huvudman's own service behind it; what they may
do is said by our own assignments. Samplan asks it for the authorization code flow with PKCE, reads
ID tokens and logout tokens, and keeps no access or refresh token (OpenID Connect Core 1.0,
Back-Channel Logout 1.0, RP-Initiated Logout 1.0). Samplan knows one provider in each deployment.
"""
