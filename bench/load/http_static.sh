#!/bin/bash
# http/ beside nginx, in turn, in one run: the same 500 static bytes (or the same file), the same
# requests, CPU as utime + stime of the server's processes over its requests.
#   bench/load/http_static.sh [BUILD_DIR] [ROUNDS] [SECONDS]
# Prints a line a round, then medians and ratios.
set -eu
build=${1:-build/release} rounds=${2:-3} seconds=${3:-5}
cores=$(nproc)
work=$(mktemp -d /tmp/rolecall-bench-XXXXXX)
ours_port=14601 nginx_port=14602
static=$(find "$build" -name http_static -type f -perm -u+x | head -1)
[ -n "$static" ] || { echo "no http_static in $build (build the release preset)" >&2; exit 3; }

chmod 755 "$work"
head -c 1024 /dev/zero | tr '\0' f > "$work/1k"
head -c 8388608 /dev/zero | tr '\0' f > "$work/8m"
cat > "$work/nginx.conf" <<CONF
$([ "$(id -u)" = 0 ] && echo "user root;")
worker_processes $cores; daemon off; pid $work/nginx.pid; error_log $work/error.log crit;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 1000000000; sendfile on; tcp_nopush on; default_type text/xml;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3;
  uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  server {
    listen 127.0.0.1:$nginx_port;
    location = / { return 200 "$(head -c 500 /dev/zero | tr '\0' x)"; }
    location / { root $work; }
  }
}
CONF
cat > "$work/request.lua" <<'LUA'
-- The head that an SDK signs, so that parsing costs what it costs in earnest.
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLEEXAMPLE12/20261122/us-east-1/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=" .. string.rep("a", 64)
wrk.headers["X-Amz-Date"] = "20261122T050000Z"
wrk.headers["User-Agent"] = "Boto3/1.26.27 Python/3.11.2 Linux/6.1 Botocore/1.29.27"
wrk.headers["Accept-Encoding"] = "identity"
LUA
ours= nginx=
finish() { for p in $ours $nginx; do kill "$p" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT

ticks() {  # clock ticks used by a process and its children, dead or alive
  local total=0 p
  for p in "$1" $(pgrep -P "$1" || true); do
    set -- $(sed 's/.*) //' "/proc/$p/stat"); total=$((total + ${12} + ${13}))
  done
  echo "$total"
}

measure() {  # NAME PID URL CONNECTIONS → "req/s µs p50 p99"
  wrk -t1 -c"$4" -d1 -s "$work/request.lua" "$3" > /dev/null
  local before after
  before=$(ticks "$2")
  wrk -t1 -c"$4" -d"$seconds" --latency -s "$work/request.lua" "$3" > "$work/out"
  after=$(ticks "$2")
  awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v name="$1" '
    /requests in/ {n = $1} /Requests\/sec/ {r = $2} /50%/ {p50 = $2} /99%/ {p99 = $2}
    /Non-2xx|Socket errors/ {bad = $0}
    END {printf "%s %.0f %.2f %s %s %s\n", name, r, t * 1e6 / hz / n, p50, p99, bad}' "$work/out"
}

compare() {  # TITLE PATH FILE CONNECTIONS
  "$static" $ours_port "$cores" ${3:+"$3"} 2> /dev/null & ours=$!
  nginx -c "$work/nginx.conf" 2> /dev/null & nginx=$!
  until curl -so /dev/null "http://127.0.0.1:$nginx_port$2" && curl -so /dev/null "http://127.0.0.1:$ours_port/"; do sleep 0.05; done
  : > "$work/rounds"
  for _ in $(seq "$rounds"); do
    measure ours "$ours" "http://127.0.0.1:$ours_port$2" "$4" | tee -a "$work/rounds" | sed "s/^/$1: /"
    measure nginx "$nginx" "http://127.0.0.1:$nginx_port$2" "$4" | tee -a "$work/rounds" | sed "s/^/$1: /"
  done
  kill "$ours" "$nginx"; wait "$ours" "$nginx" 2> /dev/null || true; ours= nginx=
  awk -v title="$1" '
    {n[$1]++; r[$1, n[$1]] = $2; c[$1, n[$1]] = $3}
    function median(a, who,   i, j, k, v) {k = n[who]; for (i = 1; i <= k; i++) v[i] = a[who, i] + 0
      for (i = 1; i <= k; i++) for (j = i + 1; j <= k; j++) if (v[j] < v[i]) {t = v[i]; v[i] = v[j]; v[j] = t}
      return v[int((k + 1) / 2)]}
    END {printf "%s: ours %.0f/s %.1f us, nginx %.0f/s %.1f us; ratio req/s %.2f, CPU %.2f\n", title,
      median(r, "ours"), median(c, "ours"), median(r, "nginx"), median(c, "nginx"),
      median(r, "ours") / median(r, "nginx"), median(c, "ours") / median(c, "nginx")}' "$work/rounds"
}

compare "500 bytes, 16 connections" / "" 16
compare "500 bytes, 1 connection" / "" 1
compare "file of 1 KiB, 16 connections" /1k "$work/1k" 16
compare "file of 8 MiB, 4 connections" /8m "$work/8m" 4
