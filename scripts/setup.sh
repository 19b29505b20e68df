# What run, test and .ci/run share: is what Foyer needs there? Sourced, not run.

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
fail() { printf 'foyer: %s\n' "$*" >&2; exit 1; }

# Swift 6.2 or later, from https://www.swift.org/install/linux/
require_swift() {
  command -v swift >/dev/null 2>&1 ||
    fail "Swift is not installed. Foyer needs Swift 6.2 or later: https://www.swift.org/install/linux/debian/12/"
  local version
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
  # shellcheck disable=SC2086
  set -- ${version:-0 0}
  if [ "$1" -lt 6 ] || { [ "$1" -eq 6 ] && [ "$2" -lt 2 ]; }; then
    fail "Swift $1.$2 is too old. Foyer needs Swift 6.2 or later: https://www.swift.org/install/linux/debian/12/"
  fi
}

# Installs the named Debian packages that are missing, and says so.
require_packages() {
  local missing=() package
  command -v dpkg-query >/dev/null 2>&1 || {
    say "This is not Debian: make sure that these are installed: $*"
    return 0
  }
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return 0
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 ||
      fail "these Debian packages are missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}"
    sudo=(sudo)
  fi
  say "Installing Debian packages: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq || say "apt-get update failed; trying with the lists that are there"
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
    fail "apt-get could not install ${missing[*]}"
}

# MQTT client library, SQLite, and the broker that the hub starts.
foyer_packages=(libmosquitto-dev libsqlite3-dev pkg-config mosquitto)
