# The connector SDK: what a plugin may use, and nothing else.
musterincludedir = $(includedir)/muster
musterinclude_HEADERS =
pkgconfig_DATA += include/muster.pc
if HAVE_CURL
pkgconfig_DATA += include/muster-net.pc
endif
