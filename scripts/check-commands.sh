#!/usr/bin/env bash
# What ./run and ./test say where something that they need is not there, and that ctrl-C leaves nothing behind.
# Needs a finished debug build.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
background=""
cleanup() {
  if [ -n "$background" ]; then kill "$background" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
failures=0

# expect NAME TEXT COMMAND… : the command fails, and says TEXT.
expect() {
  local name=$1 text=$2 output
  shift 2
  if output=$(timeout 60 "$@" 2>&1 </dev/null); then
    echo "FAILED $name: it succeeds" >&2
    failures=$((failures + 1))
  elif ! grep -qF -- "$text" <<<"$output"; then
    printf 'FAILED %s: it does not say "%s" but:\n%s\n' "$name" "$text" "$output" >&2
    failures=$((failures + 1))
  else
    echo "ok     $name: $(grep -F -m 1 -- "$text" <<<"$output")"
  fi
}

free_port() {
  python3 - <<'P'
import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])
P
}

# A PATH with everything but Swift; then with one that is too old.
mkdir "$work/bin" "$work/old"
for tool in bash sh env dirname sed head grep id dpkg-query cat uname readlink; do
  ln -s "$(command -v "$tool")" "$work/bin/$tool"
done
printf '#!/bin/sh\necho "Swift version 5.10.1 (swift-5.10.1-RELEASE)"\n' >"$work/old/swift"
chmod +x "$work/old/swift"
for command in run test; do
  expect "./$command without Swift" "Swift is not installed" \
    env PATH="$work/bin" "$root/$command" version
  expect "./$command with an old Swift" "Swift 5.10 is too old" \
    env PATH="$work/old:$work/bin" "$root/$command" version
done

home=$work/home
port=$(free_port)
"$root/run" init "$home" >/dev/null
sed -i "s/port: 1883/port: $port/" "$home/hub.yaml"
python3 - "$port" <<'P' &
import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); time.sleep(120)
P
background=$!
for _ in $(seq 100); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  sleep 0.05
done
expect "a port that is taken" "is taken by another program" "$root/run" run --home "$home"
expect "the demonstration's port is taken" "is taken by another program" \
  "$root/run" demo --home "$work/demo" --port "$port"
kill "$background" && wait "$background" 2>/dev/null || true
background=""

# Root may write anywhere but on a read-only file system; others need only a folder without the right.
if [ "$(id -u)" -eq 0 ]; then
  mkdir "$work/locked" && cp -r "$home/." "$work/locked"
  if mount --bind "$work/locked" "$work/locked" 2>/dev/null &&
    mount -o remount,ro,bind "$work/locked" 2>/dev/null; then
    expect "a home that cannot be written" "must be able to write in its home" "$root/run" run --home "$work/locked"
    expect "a demonstration that cannot be written" "cannot be written" \
      "$root/run" demo --home "$work/locked/demo"
  else
    echo "skipped a home that cannot be written: nothing may be mounted here"
  fi
  umount "$work/locked" 2>/dev/null || true
else
  chmod -R a-w "$home"
  expect "a home that cannot be written" "must be able to write in its home" "$root/run" run --home "$home"
  chmod -R u+w "$home"
fi

# Ctrl-C: the terminal signals the whole foreground group. Nothing of it may be left.
port=$(free_port)
set -m
"$root/run" demo --home "$work/demo" --port "$port" >"$work/demo.log" 2>&1 &
group=$!
set +m
background=$group
for _ in $(seq 600); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && [ -S "$work/demo/hub.sock" ] && break
  sleep 0.05
done
kill -INT -- "-$group"
begin=$(date +%s%N)
wait "$group" 2>/dev/null || true
background=""
left=$(pgrep -f "$work" || true)
if [ -n "$left" ]; then
  echo "FAILED ctrl-C leaves processes behind: $(ps -o pid=,args= -p $left)" >&2
  failures=$((failures + 1))
else
  echo "ok     ctrl-C stops hub, devices and broker in $((($(date +%s%N) - begin) / 1000000)) ms"
fi
[ "$failures" -eq 0 ]
