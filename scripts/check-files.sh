#!/usr/bin/env bash
# No file of a kind that does not belong into the repository is tracked: what is built, databases, keys, large files.
set -euo pipefail
cd "$(dirname "$0")/.."
bad=$(git ls-files | grep -E '\.(swiftmodule|swiftdoc|swiftsourceinfo|o|a|so|sqlite|sqlite-wal|sqlite-shm|db|pem|key|pyc|xctest|profraw)$|(^|/)(\.build|__pycache__|demo-home)(/|$)|\.password$' || true)
large=$(git ls-files -z | xargs -0 -r ls -l 2>/dev/null | awk '$5 > 1000000 { print $NF }')
if [ -n "$bad$large" ]; then
  echo "these files are tracked and must not be (git rm --cached them):" >&2
  printf '%s\n' $bad $large >&2
  exit 1
fi
