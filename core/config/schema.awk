# schema.awk - conf/muster.rng as a C string.
BEGIN {
        print "/* made from conf/muster.rng by core/config/schema.awk */"
        print "#include \"config/schema.h\""
        print ""
        print "const char mstc_config_schema[] ="
}
{
        gsub(/\\/, "&&")
        gsub(/"/, "\\\\&")
        print "        \"" $0 "\\n\""
}
END {
        print "        ;"
        print "const size_t mstc_config_schema_size = sizeof mstc_config_schema - 1;"
}
