# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # src and build come from ./dev
# ./dev demo: a private Apache on 127.0.0.1, one story through its API, then served until Ctrl-C.

# The user that Apache's children run as: nobody else's business if we are not root.
demo_user() {
    if id www-data >/dev/null 2>&1; then echo www-data; elif id apache >/dev/null 2>&1; then echo apache; else echo nobody; fi
}

# Can that user reach the checkout and write into its folder of pictures?
demo_reachable() {
    [ "$(id -u)" != 0 ] && return 0
    chown "$STORYIMG_DEMO_USER" "$src/generated"
    runuser -u "$STORYIMG_DEMO_USER" -- sh -c "test -w '$src/generated' && test -x '$build/storyimg-pixel'" 2>/dev/null
}

demo_folders() {
    STORYIMG_DEMO_ROOT=$build/demo
    STORYIMG_DEMO_GENERATED=$src/generated
    STORYIMG_PIXEL=$build/storyimg-pixel
    if ! demo_reachable; then
        STORYIMG_DEMO_ROOT=$(mktemp -d /tmp/storyimg-demo.XXXXXX)
        chmod 755 "$STORYIMG_DEMO_ROOT"
        cp "$build/storyimg-pixel" "$STORYIMG_DEMO_ROOT/"
        STORYIMG_PIXEL=$STORYIMG_DEMO_ROOT/storyimg-pixel
        STORYIMG_DEMO_GENERATED=$STORYIMG_DEMO_ROOT/generated
        demo_temporary=$STORYIMG_DEMO_ROOT
    fi
    mkdir -p "$STORYIMG_DEMO_ROOT/storyimg-state" "$STORYIMG_DEMO_ROOT/htdocs" "$STORYIMG_DEMO_GENERATED"
    if [ "$(id -u)" = 0 ]; then
        chown -R "$STORYIMG_DEMO_USER" "$STORYIMG_DEMO_ROOT/storyimg-state" "$STORYIMG_DEMO_GENERATED"
    fi
}

demo_start() {
    httpd=$(apxs -q SBINDIR 2>/dev/null)/$(apxs -q PROGNAME 2>/dev/null)
    [ -x "$httpd" ] || httpd=$(command -v apache2 || command -v httpd)
    STORYIMG_DEMO_MODULES=$(apxs -q LIBEXECDIR)
    STORYIMG_DEMO_MODULE=$build/.libs/mod_storyimg.so
    STORYIMG_DEMO_CONF=$src/conf
    STORYIMG_DEMO_PORT=$(free_port)
    export STORYIMG_DEMO_ROOT STORYIMG_DEMO_GENERATED STORYIMG_PIXEL STORYIMG_DEMO_USER STORYIMG_DEMO_GROUP STORYIMG_DEMO_MODULES \
        STORYIMG_DEMO_MODULE STORYIMG_DEMO_CONF STORYIMG_DEMO_PORT
    "$httpd" -f "$src/conf/storyimg-demo.conf" -DFOREGROUND &
    demo_pid=$!
    trap demo_stop INT TERM HUP EXIT
    for _ in $(seq 50); do
        curl -s -o /dev/null "http://127.0.0.1:$STORYIMG_DEMO_PORT/api/health" && return 0
        kill -0 "$demo_pid" 2>/dev/null || break
        sleep 0.1
    done
    echo "Apache did not start; its log:" >&2
    cat "$STORYIMG_DEMO_ROOT/error.log" >&2 || true
    return 1
}

demo_stop() {
    trap - INT TERM HUP EXIT
    echo
    kill "$demo_pid" 2>/dev/null || true
    wait "$demo_pid" 2>/dev/null || true
    [ -z "${demo_temporary:-}" ] || rm -rf "$demo_temporary"
    exit "${demo_status:-0}"
}

demo_run() {
    STORYIMG_DEMO_USER=$(demo_user)
    STORYIMG_DEMO_GROUP=$(id -gn "$STORYIMG_DEMO_USER")
    demo_status=1
    demo_folders
    demo_start || exit 1
    base=http://127.0.0.1:$STORYIMG_DEMO_PORT
    perl "$src/scripts/demo.pl" "$base" "$STORYIMG_DEMO_GENERATED" || exit 1
    demo_status=0
    echo
    echo "Apache serves this until Ctrl-C: $base/api/images/generated"
    wait "$demo_pid" || true
}
