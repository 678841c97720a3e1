# SPDX-License-Identifier: Apache-2.0
# Text files as an array of C strings, in the order given: awk -v NAME=array -f embed.awk FILE...
BEGIN {
    print "/* Made from text files; see the Makefile. */"
    print "#include \"story/prompts.h\"\n"
    printf "const char *const %s[] = {\n", NAME
}
FNR == 1 { printf "%s    /* %s */\n", (NR > 1 ? ",\n" : ""), FILENAME }
{
    gsub(/\\/, "&&")
    gsub(/"/, "\\\"")
    printf "    \"%s\\n\"\n", $0
}
END { print "};" }
