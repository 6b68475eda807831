# Completion for muster in fish.  Options and commands come from muster's own help, names of syncs,
# sinks, groups and users from "muster complete", which gives 100 at most and asks nobody.
function __muster_config
    set -l words (commandline -opc)
    for i in (seq 2 (count $words))
        if contains -- $words[$i] -c --config; and test $i -lt (count $words)
            printf '%s\n' --config $words[(math $i + 1)]
        end
    end
end

function __muster_command
    set -l words (commandline -opc)
    set -l skip no
    for word in $words[2..-1]
        if test $skip = yes
            set skip no
        else if contains -- $word -c --config
            set skip yes
        else if not string match -q -- '-*' $word
            echo $word
            return
        end
    end
end

function __muster_names
    muster (__muster_config) complete $argv[1] -- (commandline -ct) 2>/dev/null
end

# "  -u, --user USER   help" as "--user<TAB>help"
function __muster_options
    muster $argv --help 2>/dev/null | string match -rg -- '^  (?:-., |    )(--[a-z-]+)(?: [A-Z]\S*)?(?:  +(.*))?$' | while read -l option
        read -l help
        printf '%s\t%s\n' $option $help
    end
end

function __muster_commands
    muster help 2>/dev/null | string match -rg -- '^  ([a-z]+)  +(.*)$' | while read -l name
        read -l summary
        printf '%s\t%s\n' $name $summary
    end
end

function __muster_words
    set -l words (commandline -opc)
    set -l command (__muster_command)
    switch $words[-1]
        case -u --user
            __muster_names users
            return
        case --group --only-group
            __muster_names groups
            return
        case --sync
            __muster_names syncs
            return
        case --sink
            __muster_names sinks
            return
        case --target
            __muster_names targets
            return
        case -c --config -o --output --record
            __fish_complete_path (commandline -ct)
            return
    end
    if string match -q -- '-*' (commandline -ct)
        __muster_options $command
        return
    end
    switch "$command"
        case ''
            __muster_commands
        case plan sync run pause resume verify reset
            __muster_names syncs
        case users explain timeline
            __muster_names users
        case groups
            __muster_names groups
        case help
            __muster_commands
        case history rules
            echo diff
            test $command = rules; and __fish_complete_path (commandline -ct)
        case apply test state init
            __fish_complete_path (commandline -ct)
    end
end

complete -c muster -f -a '(__muster_words)'
