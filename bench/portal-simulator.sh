#!/usr/bin/env bash
# Measures portal-simulator with wrk: requests a second, and its processor time a request.
#
#   bench/portal-simulator.sh [search|submit|mixed] [connections] [latency] [seconds]
#
# The server has processor 0 for itself, wrk the others.
set -eu
mode=${1:-submit} connections=${2:-1000} latency=${3:-20-50} seconds=${4:-10}
here=$(dirname "$0")
port=${PORT:-18444}
ulimit -n "$(ulimit -Hn)"

taskset -c 0 "$here/../.build/release/portal-simulator" --listen "127.0.0.1:$port" --any-estate --token-auth none \
    --latency "$latency" &
server=$!
trap 'kill $server' EXIT
sleep 1
ticks() { awk '{print $14 + $15}' "/proc/$server/stat"; }
total() { curl -s "http://127.0.0.1:$port/_audit" | grep -o '"[a-z]*":{"20[01]":[0-9]*' | grep -o '[0-9]*$' \
    | awk '{sum += $1} END {print sum + 0}'; }
estate=$(curl -s "http://127.0.0.1:$port/doedsbojournaler" -d '{"cprNummer":"6101909999"}' \
    | sed 's/.*"doedsbojournalId":"\([^"]*\)".*/\1/')
before=$(ticks)
taskset -c "1-$(($(nproc) - 1))" wrk -t1 -c"$connections" -d"${seconds}s" -s "$here/portal-simulator.lua" \
    "http://127.0.0.1:$port" -- "$mode" "$estate"
after=$(ticks)
requests=$(total)
hertz=$(getconf CLK_TCK)
awk -v t="$((after - before))" -v hz="$hertz" -v n="$requests" -v s="$seconds" 'BEGIN {
    printf "%d requests, %.0f/s, processor %.1f s, %.1f us/request, %.0f%% of one processor\n",
        n, n / s, t / hz, t / hz / n * 1e6, t / hz / s * 100 }'
curl -s "http://127.0.0.1:$port/_audit"
echo
grep -E 'VmRSS|VmHWM' "/proc/$server/status"
