/* error.c - a class and a sentence, on the caller's stack.
 *
 * Nothing is allocated, so that "out of memory" can be told as well.  The text is
 * put together beside the error and copied in whole, because callers do write
 * mst_fail(err, code, "%s, again", err->text). */
#include "build.h"

#include <muster/error.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/utf8.h"

int
mst_fail(struct mst_error *err, enum mst_code code, const char *format, ...)
{
        va_list args;

        if (err == NULL)
                return code;
        va_start(args, format);
        mstc_text_format(err->text, sizeof err->text, format, args);
        va_end(args);
        err->code = code;
        err->retry_after_ms = 0;
        return code;
}

int
mst_wrap(struct mst_error *err, const char *format, ...)
{
        char context[sizeof err->text];
        size_t length, cause;
        va_list args;
        int n;

        if (err == NULL)
                return MST_EINTERNAL;
        va_start(args, format);
        n = vsnprintf(NULL, 0, format, args);
        va_end(args);
        cause = strlen(err->text);
        if (n < 0 || (size_t)n + 2 + cause >= sizeof err->text)
                return err->code;
        va_start(args, format);
        mstc_text_format(context, sizeof context, format, args);
        va_end(args);
        length = strlen(context);
        if (cause > 0) {
                memcpy(context + length, ": ", 2);
                memcpy(context + length + 2, err->text, cause + 1);
        }
        memcpy(err->text, context, strlen(context) + 1);
        return err->code;
}

int
mst_fail_memory(struct mst_error *err, const char *doing)
{
        return mst_fail(err, MST_EINTERNAL, "out of memory while %s", doing);
}

const char *
mst_code_name(int code)
{
        switch (code) {
        case MST_OK:         return "ok";
        case MST_END:        return "end";
        case MST_ECONFIG:    return "configuration";
        case MST_EAUTH:      return "authentication";
        case MST_EPERM:      return "permission";
        case MST_ENET:       return "network";
        case MST_ETHROTTLED: return "throttled";
        case MST_ENOTFOUND:  return "not-found";
        case MST_EEXPIRED:   return "expired-cursor";
        case MST_EREFUSED:   return "refused";
        case MST_EINTERNAL:  return "internal";
        default:             return "unknown";
        }
}
