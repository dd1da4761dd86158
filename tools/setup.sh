#!/usr/bin/env bash
# Installs what a fresh Debian 12 lacks. Quiet and quick when all is there.
#   tools/setup.sh run    what ./run needs: compiler, libraries, the AWS CLI
#   tools/setup.sh test   and what ./test needs beside it: clang 19, other clients
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(cmake ninja-build g++ ccache mold pkg-config python3 ca-certificates curl
  libboost1.81-dev libssl-dev libsqlite3-dev libpugixml-dev libfmt-dev libspdlog-dev libcli11-dev
  libargon2-dev libyaml-cpp-dev libzstd-dev libqrencode-dev awscli)
if [ "${1:-run}" = test ]; then
  packages+=(libgtest-dev libbenchmark-dev clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev
    python3-boto3 python3-pytest python3-pytest-xdist dbus-daemon python3-dbus python3-gi rclone nodejs npm zsh fish mandoc)
fi

has() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }
missing=()
for package in "${packages[@]}"; do
  # A Node.js that did not come from Debian's packages serves as well.
  case $package in nodejs|npm) command -v "${package/nodejs/node}" >/dev/null && continue ;; esac
  has "$package" || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing: ${missing[*]}" >&2
  sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
