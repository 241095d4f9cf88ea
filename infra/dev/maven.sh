#!/usr/bin/env bash
# Installs what fetches Keycloak from Maven Central and Debian's base lacks: maven, and nothing else.
# Does nothing where it is there already.
set -euo pipefail
command -v mvn >/dev/null && exit 0
echo "Keycloak hämtas med Maven. Installerar Debians paket maven ..."
sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends maven >/dev/null
