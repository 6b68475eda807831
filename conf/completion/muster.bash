# Completion for muster.  The words are held against --help by tests/lint/man.sh.
_muster() {
        local cur prev words cword command= i
        if declare -F _init_completion >/dev/null; then
                _init_completion || return
        else
                words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
                cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
        fi
        COMPREPLY=()

        case $prev in
        -c|--config|-o|--output|-d|--download|--state)
                compopt -o filenames 2>/dev/null
                mapfile -t COMPREPLY < <(compgen -f -- "$cur")
                return ;;
        -u|--user) _muster_known users; return ;;
        --group|--only-group) _muster_known groups; return ;;
        --target) _muster_known targets; return ;;
        --sync) [[ " ${words[*]} " == *" init "* ]] || _muster_known syncs; return ;;
        --sample|--expect|--digest|--reason|--set|--secret-file|--scope|--every)
                return ;;
        --source|--sink)
                [[ " ${words[*]} " == *" init "* ]] || _muster_known "${prev#--}s"
                [[ " ${words[*]} " != *" init "* ]] ||
                        mapfile -t COMPREPLY < <(compgen -W "$("${words[0]}" plugins 2>/dev/null | sed -n '2,$s/^\([a-z][a-z0-9-]*\) .*/\1/p')" -- "$cur")
                return ;;
        esac

        for ((i = 1; i < cword; i++)); do
                case ${words[i]} in
                -c|--config) ((i++)) ;;
                -*) ;;
                *) command=${words[i]}; break ;;
                esac
        done

        local common="--config --json --verbose --help" options= names=
        case $command in
        '')         names="init check doctor plan apply sync run pause resume status metrics history log timeline changes users groups duplicates holds approve
                           reject retry verify undo reset explain rules test eval state plugins version help" options="--version" ;;
        init)       options="--source --sink --set --secret-file --sync --scope --every --state --force --offline --yes" names=$(compgen -d -- "$cur") ;;
        check)      options="--online" ;;
        doctor)     options="--offline" ;;
        plan)       options="--output --offline --all" names=$(_muster_names sync) ;;
        apply)      options="--yes --dry" names=$(compgen -f -- "$cur") ;;
        sync)       options="--user --full --force --no-wait" names=$(_muster_names sync) ;;
        metrics)    options="--textfile" names=$(compgen -f -- "$cur") ;;
        run)        options="--log-level --log-form" names=$(_muster_names sync) ;;
        pause)      options="--for --reason" names=$(_muster_names sync) ;;
        resume)     names=$(_muster_names sync) ;;
        history)    options="--user --sync --all" names=diff ;;
        users)      options="--sync --gone --as-of --columns --csv --limit --all" ;;
        groups)     options="--members --history --sync --gone --as-of --columns --csv --limit --all" ;;
        log)        options="--download --force" ;;
        timeline)   ;;
        changes)    options="--since --sync --target --all" ;;
        duplicates) options="--all" ;;
        holds)      options="--over --declined --all" ;;
        approve)    options="--user --only-group --sample --expect --digest --reason" ;;
        reject)     options="--user --only-group --expect --digest --reason" ;;
        retry)      options="--sink --parked" ;;
        verify)     options="--sink --target --user --repair --accept --reason --again --all" names=$(_muster_names sync) ;;
        undo)       options="--user --sink --plan --reason" ;;
        reset)      options="--forget" names=$(_muster_names sync) ;;
        explain)    options="--group --target --attribute" ;;
        rules)      options="--people --all" names="diff $(compgen -f -- "$cur")" ;;
        test)       options="--sync" names=$(compgen -f -- "$cur") ;;
        eval)       options="--user --record --rule --map --reveal --now" ;;
        state)      options="--quick" names="export import check $(compgen -f -- "$cur")" ;;
        plugins)    options="--rng" ;;
        help)       names="init check doctor plan apply sync run pause resume status metrics history log timeline changes users groups duplicates holds approve
                           reject retry verify undo reset explain rules test eval state plugins version help messages"
                    [[ $cur == [Mm][Ss]* || $cur == [0-9]* ]] &&
                            names=$("${words[0]}" help messages 2>/dev/null | grep -o '^MST-[0-9]*') ;;
        esac
        if [[ $cur != -* ]]; then
                case $command in
                users|explain|timeline) _muster_known users; return ;;
                groups) _muster_known groups; return ;;
                esac
        fi
        if [[ $cur == -* ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$common $options" -- "$cur")
        else
                mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur")
        fi
}

# Names that begin as what is typed, 100 at most; nobody is asked but the store.
_muster_known() {
        local -a config=() names=()
        local i name
        for ((i = 1; i < cword; i++)); do
                [[ ${words[i]} == -c || ${words[i]} == --config ]] && config=(--config "${words[i+1]}")
        done
        mapfile -t names < <("${words[0]}" "${config[@]}" complete "$1" -- "$cur" 2>/dev/null)
        for name in "${names[@]}"; do
                COMPREPLY+=("$(printf %q "$name")")
        done
}

# The names of syncs, as far as a plain look at the configuration tells; nothing is run.
_muster_names() {
        local file=${MUSTER_CONFIG:-/etc/muster/muster.xml} i
        for ((i = 1; i < ${#COMP_WORDS[@]} - 1; i++)); do
                [[ ${COMP_WORDS[i]} == -c || ${COMP_WORDS[i]} == --config ]] && file=${COMP_WORDS[i+1]}
        done
        [ -r "$file" ] && sed -n 's/.*<'"$1"' [^>]*name="\([^"]*\)".*/\1/p' "$file"
}

complete -F _muster muster
