/* secrets.c - a secret is read where it is kept and shown nowhere. */
#include "build.h"

#include "host/secrets.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/buffer.h"
#include "util/trust.h"

#define MOST_SECRET ((size_t)64 << 10)

static struct mst_secret *
make(const struct mstc_given *given, const char *bytes, size_t size, const char *where, struct mstc_report *report)
{
        struct mst_secret *secret;

        /* One line end, as editors and echo leave it. */
        if (size > 0 && bytes[size - 1] == '\n')
                size--;
        if (size > 0 && bytes[size - 1] == '\r')
                size--;
        if (size == 0) {
                mstc_report_error(report, given->place, "put the secret there", "<%s>: %s is empty", given->name,
                                  where);
                return NULL;
        }
        secret = mst_secret_new(bytes, size);
        if (secret == NULL)
                mstc_report_error(report, given->place, NULL, "<%s>: out of memory", given->name);
        return secret;
}

static struct mst_secret *
from_file(const struct mstc_given *given, const char *path, enum mstc_trust how, struct mstc_report *report)
{
        struct mstc_buffer buffer = { 0 };
        struct mst_secret *secret = NULL;
        struct mstc_refusal no;
        char where[PATH_MAX + 2];

        (void)snprintf(where, sizeof where, "'%s'", path);
        if (!mstc_trust_read(path, how, MOST_SECRET, &buffer, NULL, &no))
                mstc_report_error(report, given->place, no.remedy[0] != '\0' ? no.remedy : NULL, "<%s>: %s",
                                  given->name, no.text);
        else
                secret = make(given, mstc_buffer_cstr(&buffer), buffer.length, where, report);
        if (buffer.bytes != NULL)
                mst_secret_wipe(buffer.bytes, buffer.room);
        mstc_buffer_done(&buffer);
        return secret;
}

static struct mst_secret *
from_credential(const struct mstc_given *given, struct mstc_report *report)
{
        const char *name = given->credential, *folder = getenv("CREDENTIALS_DIRECTORY");
        char path[PATH_MAX];

        if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL) {
                mstc_report_error(report, given->place, "write the name that LoadCredential= gives it",
                                  "<%s>: credential=\"%s\" is not a credential's name", given->name, name);
                return NULL;
        }
        if (folder == NULL || folder[0] != '/') {
                mstc_report_error(report, given->place,
                                  "start muster as a systemd service with LoadCredential=, or set CREDENTIALS_DIRECTORY "
                                  "to the folder that holds it, or use file=\"...\"",
                                  "<%s>: there are no credentials here: CREDENTIALS_DIRECTORY is not set", given->name);
                return NULL;
        }
        if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
                mstc_report_error(report, given->place, NULL, "<%s>: the credential's path is too long", given->name);
                return NULL;
        }
        return from_file(given, path, MSTC_TRUST_CREDENTIAL, report);
}

static struct mst_secret *
from_environment(const struct mstc_given *given, struct mstc_report *report)
{
        const char *value = given->env[0] == '\0' ? NULL : getenv(given->env);
        char where[200];

        if (value == NULL) {
                mstc_report_error(report, given->place, "set it in the environment that muster is started with",
                                  "<%s>: the environment has no variable '%s'", given->name, given->env);
                return NULL;
        }
        (void)snprintf(where, sizeof where, "the variable '%.150s'", given->env);
        return make(given, value, strlen(value), where, report);
}

static struct mst_secret *
from_text(const struct mstc_given *given, bool private_file, struct mstc_report *report)
{
        static const char elsewhere[] = "keep it in a file of its own and write file=\"...\" (mode 0600)";

        if (given->text[0] == '\0') {
                mstc_report_error(report, given->place, "write file=\"...\", credential=\"...\" or env=\"...\"",
                                  "<%s> names no secret", given->name);
                return NULL;
        }
        if (!private_file) {
                mstc_report_error(report, given->place, elsewhere,
                                  "<%s>: the secret stands in a configuration file that others can read", given->name);
                return NULL;
        }
        mstc_report_warning(report, given->place, elsewhere, "<%s>: the secret stands in the configuration file itself",
                            given->name);
        return make(given, given->text, strlen(given->text), "the secret", report);
}

struct mst_secret *
mstc_secret_take(const struct mstc_given *given, bool private_file, struct mstc_report *report)
{
        if (given->file != NULL && given->file[0] != '/') {
                mstc_report_error(report, given->place, "write the whole path, from /",
                                  "<%s>: file=\"%s\" is not an absolute path", given->name, given->file);
                return NULL;
        }
        if (given->file != NULL)
                return from_file(given, given->file, MSTC_TRUST_SECRET, report);
        if (given->credential != NULL)
                return from_credential(given, report);
        if (given->env != NULL)
                return from_environment(given, report);
        return from_text(given, private_file, report);
}
