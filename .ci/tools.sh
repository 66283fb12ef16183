#!/usr/bin/env bash
# Tools that are no Python packages, for the tests of docker/: Prometheus, promtool and amtool from
# Debian, helm built with Go and kept in a cache. What cannot be had is named; its tests skip.
# Prints the folder to put on PATH.
set -uo pipefail
HELM=v3.17.3
cache=${XDG_CACHE_HOME:-$HOME/.cache}/netral-ci/helm-$HELM

say() { printf 'tools: %s\n' "$1" >&2; }

if ! command -v promtool >/dev/null || ! command -v amtool >/dev/null; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        prometheus prometheus-alertmanager; } >/dev/null 2>&1 ||
      say "Prometheus could not be installed; its tests skip"
  else
    say "no Prometheus here, and no right to install it; its tests skip"
  fi
fi

if ! command -v helm >/dev/null && [ ! -x "$cache/helm" ]; then
  go=$(command -v go || echo /usr/local/go/bin/go)
  if [ -x "$go" ]; then
    say "building helm $HELM (once; some minutes)"
    GOBIN=$cache GOFLAGS=-mod=mod timeout 600 "$go" install "helm.sh/helm/v3/cmd/helm@$HELM" \
      >/dev/null 2>&1 || say "helm could not be built; the chart's tests skip"
  else
    say "no helm here, and no Go to build it; the chart's tests skip"
  fi
fi
echo "$cache"
