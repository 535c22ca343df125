# Runs the server, and stops it once nobody holds the pipe any more: a read of it returns when its
# last writer has gone, by whatever death. Two watchers see to that, each for the case that the other
# is killed. Only what the shell itself can do is used.
watch() {
    while :; do
        while read -r word; do
            [ "$word" = stop ] && break
            # Whoever is told so knows that we had not seen the pipe's end before.
            : >"$RUN/seen.$word"
        done <"$PIPE"
        [ "$word" = stop ] && break
        [ -e "$KEPT" ] || break
    done
    kill -INT "$server"
}

"$@" </dev/null &
server=$!
{
    watch
    echo done
} 2>/dev/null | {
    read -r _ || watch
} >/dev/null 2>&1 &
wait "$server"
status=$?
trap '' TERM
kill -TERM 0
exit "$status"
