#!/usr/bin/env bash
# Installs what the browser tests need and Debian's base lacks: chromium, which they drive, and
# nothing else. Does nothing where it is there already, or where CHROMIUM names another one.
set -euo pipefail
command -v "${CHROMIUM:-chromium}" >/dev/null && exit 0
echo "Webbläsartesterna kör en riktig Chromium. Installerar Debians paket chromium ..."
sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends chromium >/dev/null
