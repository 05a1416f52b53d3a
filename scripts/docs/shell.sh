# Read by the shell that runs the blocks of a page, before the first block. The shell is in the folder of the page, has the
# commands of the installed package on its path, and the port of the page in UID2_MOCK_PORT.

# Starts a mock or a proxy as a user does in another terminal: goes on as soon as it listens. One on the same port ends first.
in_background() {
  local port=$UID2_MOCK_PORT previous='' argument quiet=''
  for argument in "$@"; do
    [[ $previous == --port ]] && port=$argument
    [[ $argument == --quiet ]] && quiet=1
    previous=$argument
  done
  local printed=$DOCS_RUN/mock-$port.txt pid=$DOCS_RUN/mock-$port.pid
  if [[ -e $pid ]]; then
    kill "$(cat "$pid")" 2>/dev/null || true
    while kill -0 "$(cat "$pid")" 2>/dev/null; do sleep 0.1; done
  fi
  command uid2-mock "$@" >"$printed" 2>&1 </dev/null &
  echo $! >"$pid"
  until (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && [[ -n $quiet || -s $printed ]]; do
    if ! kill -0 "$(cat "$pid")" 2>/dev/null; then
      cat "$printed"
      wait "$(cat "$pid")"
      return
    fi
    sleep 0.1
  done
  cat "$printed"
}

uid2-mock() {
  case "${1:-} $*" in
    *--help*) command uid2-mock "$@" ;;
    start\ *) in_background "$@" ;;
    # the proxy has its port from the flag alone; the last one counts
    proxy\ *) in_background proxy --port "$UID2_MOCK_PORT" "${@:2}" ;;
    *) command uid2-mock "$@" ;;
  esac
}

# npx finds what is installed; the tests of the package run npx itself
npx() {
  while [[ $1 == -* ]]; do shift; done
  local program=$1
  shift
  case $program in
    uid2-mock | uid2-mock-operator) uid2-mock "$@" ;;
    *) command "$program" "$@" ;;
  esac
}

# npm install of what is installed above the folder of the page has nothing to do
npm() {
  local argument
  case ${1:-} in
    i | install)
      for argument in "${@:2}"; do
        if [[ $argument != -* && ! -e $DOCS_MODULES/$argument ]]; then
          command npm "$@" --prefer-offline --no-audit --no-fund
          return
        fi
      done
      [[ -e package.json ]] || echo '{}' >package.json
      ;;
    *) command npm "$@" ;;
  esac
}
