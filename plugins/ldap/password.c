/* SPDX-License-Identifier: Apache-2.0
 *
 * password.c - first passwords of new accounts.
 *
 *   make     random, every kind of character in it, without favouring any
 *   hand     a line in the admin's file, on disk before the server hears of it: no account
 *            exists whose password nobody knows
 *   send     with the account itself, in one add: no account exists without it either
 *   close    when the server made no account, a second line takes the first one back; when
 *            it is not known whether it did, the line stands
 *
 * The file is a CSV of time, new or void, the record's id, the DN, the password.  A line
 * that says void takes back the one before it with the same name and password.  The file is
 * opened for each line, so that the admin can take it away at any time. */
#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "login.h"
#include "when.h"

/* Nothing that looks like something else, or that a spreadsheet or shell takes for more. */
static const char *const kinds[] = { "abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!#%*.:?_" };
static const char all[] = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#%*.:?_";
#define ALL (sizeof all - 1)
#define LONGEST 128

/* --- options ---------------------------------------------------------------------- */

static int
check_file(const char *path, const struct stat *st, struct mst_error *err)
{
        if (!S_ISREG(st->st_mode))
                return mst_fail(err, MST_ECONFIG, "password-file %s is not a file", path);
        if (st->st_uid != geteuid())
                return mst_fail(err, MST_ECONFIG, "password-file %s belongs to somebody else: chown it to the user that "
                                "muster runs as", path);
        if ((st->st_mode & 077) != 0)
                return mst_fail(err, MST_ECONFIG, "password-file %s can be read or written by others: chmod 600", path);
        return MST_OK;
}

static bool
is_encrypted(const struct ldp_access *access)
{
        for (size_t i = 0; access->uris[i] != NULL; i++)
                if (strncasecmp(access->uris[i], "ldaps:", 6) != 0 && !access->start_tls)
                        return false;
        return true;
}

int
ldp_password_check(const struct ldp_config *c, struct mst_error *err)
{
        struct stat st;

        if (c->initial_password != LDP_RANDOM_PASSWORD) {
                if (c->password_file != NULL || c->password_attribute != NULL || c->must_change)
                        return mst_fail(err, MST_ECONFIG, "password-file, password-attribute and must-change need "
                                        "<initial-password>random</initial-password>");
                return MST_OK;
        }
        if (c->password_file == NULL)
                return mst_fail(err, MST_ECONFIG, "initial-password random needs password-file: without it nobody would "
                                "know the passwords");
        if (c->access.dialect == LDP_AD && !is_encrypted(&c->access))
                return mst_fail(err, MST_ECONFIG, "Active Directory takes passwords over TLS only: use ldaps:// or "
                                "<start-tls>yes</start-tls>");
        if (c->access.dialect == LDP_389DS && c->must_change)
                return mst_fail(err, MST_ECONFIG, "389 Directory Server has no attribute for must-change: set "
                                "passwordMustChange in its password policy");
        if (lstat(c->password_file, &st) == 0)
                return check_file(c->password_file, &st, err);
        if (errno != ENOENT)
                return mst_fail(err, MST_ECONFIG, "password-file %s: %s", c->password_file, strerror(errno));
        return MST_OK;
}

const char *
ldp_password_attribute(const struct ldp_sink *sink)
{
        const struct ldp_config *c = sink->config;

        if (c->initial_password != LDP_RANDOM_PASSWORD)
                return NULL;
        if (c->password_attribute != NULL)
                return c->password_attribute;
        return sink->dir.dialect->name == LDP_AD ? "unicodePwd" : "userPassword";
}

/* --- make ------------------------------------------------------------------------- */

static bool
has_all_kinds(const char *text)
{
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
                if (strpbrk(text, kinds[i]) == NULL)
                        return false;
        return true;
}

/* One of so many characters: a byte beyond the last whole multiple of them is thrown away. */
static int
draw(struct mst_host *host, char *text, size_t length, struct mst_error *err)
{
        unsigned char bytes[64];
        size_t used = 0;

        while (used < length) {
                if (mst_host_random(host, bytes, sizeof bytes, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < sizeof bytes && used < length; i++)
                        if (bytes[i] < 256 - 256 % ALL)
                                text[used++] = all[bytes[i] % ALL];
        }
        text[length] = '\0';
        mst_secret_wipe(bytes, sizeof bytes);
        return MST_OK;
}

static int
make(struct ldp_request *req, struct mst_error *err)
{
        size_t length = (size_t)req->sink->config->password_length;
        char text[LONGEST + 1] = "";
        int rc;

        do {
                rc = draw(req->sink->host, text, length, err);
        } while (rc == MST_OK && !has_all_kinds(text));
        if (rc == MST_OK && (req->password = mst_secret_new(text, length)) == NULL)
                rc = mst_fail_memory(err, "making a password");
        mst_secret_wipe(text, sizeof text);
        return rc;
}

/* Active Directory wants it in quotes and UTF-16, little end first; ours is ASCII. */
static bool
encode(struct ldp_request *req)
{
        const char *text = mst_secret_reveal(req->password);
        char wide[(LONGEST + 2) * 2] = { '"' };
        size_t used = 2;

        if (strcasecmp(ldp_password_attribute(req->sink), "unicodePwd") != 0)
                return true;
        for (; *text != '\0'; text++, used += 2)
                wide[used] = *text;
        wide[used] = '"';
        req->password_sent = mst_secret_new(wide, used + 2);
        mst_secret_wipe(wide, sizeof wide);
        return req->password_sent != NULL;
}

/* --- hand ------------------------------------------------------------------------- */

/* A field of the CSV, always in quotes. */
static char *
quote(char *at, const char *text)
{
        *at++ = '"';
        for (; *text != '\0'; text++) {
                if (*text == '"')
                        *at++ = '"';
                *at++ = *text;
        }
        *at++ = '"';
        return at;
}

static int
open_file(const char *path, struct mst_error *err)
{
        struct stat st;
        int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);

        if (fd < 0) {
                mst_fail(err, MST_ECONFIG, "password-file %s: %s", path, strerror(errno));
                return -1;
        }
        if (fstat(fd, &st) != 0 || check_file(path, &st, err) != MST_OK) {
                if (err->code == MST_OK)
                        mst_fail(err, MST_ECONFIG, "password-file %s: %s", path, strerror(errno));
                close(fd);
                return -1;
        }
        return fd;
}

/* A new file's name must last too. */
static void
sync_folder(const char *path, struct mst_arena *arena)
{
        char *copy = mst_arena_strdup(arena, path);
        int fd = copy != NULL ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

        if (fd < 0)
                return;
        (void)fsync(fd);
        close(fd);
}

/* One write, so that a line is whole or not there; on disk when this returns. */
static int
append(struct ldp_request *req, const char *line, size_t length, struct mst_error *err)
{
        const char *path = req->sink->config->password_file;
        struct stat st = { 0 };
        ssize_t written;
        int fd = open_file(path, err), rc = MST_OK;

        if (fd < 0)
                return err->code;
        (void)fstat(fd, &st);
        written = write(fd, line, length);
        if (written != (ssize_t)length || fsync(fd) != 0)
                rc = mst_fail(err, MST_ECONFIG, "password-file %s cannot be written: %s", path,
                              written >= 0 && written != (ssize_t)length ? "no space left" : strerror(errno));
        if (rc != MST_OK && written > 0 && ftruncate(fd, st.st_size) != 0)
                mst_host_log(req->sink->host, MST_LOG_WARNING, "password-file %s ends with half a line", path);
        close(fd);
        if (rc == MST_OK && st.st_size == 0)
                sync_folder(path, req->arena);
        return rc;
}

static int
hand(struct ldp_request *req, const char *what, struct mst_error *err)
{
        const char *password = mst_secret_reveal(req->password), *id = mst_op_id(req->op);
        size_t room = 128 + 2 * (strlen(id) + strlen(req->dn) + strlen(password));
        char when[32], *line = mst_arena_alloc(req->arena, room), *at = line;
        int rc;

        if (line == NULL)
                return mst_fail_memory(err, "handing over a password");
        ldp_when_write(mst_host_now(req->sink->host), when);
        at = quote(at, when);
        *at++ = ',';
        at = quote(at, what);
        *at++ = ',';
        at = quote(at, id);
        *at++ = ',';
        at = quote(at, req->dn);
        *at++ = ',';
        at = quote(at, password);
        *at++ = '\n';
        rc = append(req, line, (size_t)(at - line), err);
        mst_secret_wipe(line, room);
        return rc;
}

/* --- send ------------------------------------------------------------------------- */

static void
put(struct ldp_request *req, struct ldp_mods *mods)
{
        const struct mst_secret *sent = req->password_sent != NULL ? req->password_sent : req->password;
        struct ldp_values values;

        if (!ldp_values_text(req->arena, mst_secret_reveal(sent), &values)) {
                mods->failed = true;
                return;
        }
        values.list[0]->bv_len = mst_secret_size(sent);
        ldp_mods_put(mods, LDAP_MOD_ADD, ldp_password_attribute(req->sink), &values);
        if (req->sink->config->must_change && req->sink->dir.dialect->name == LDP_AD)
                ldp_mods_text(mods, LDAP_MOD_ADD, "pwdLastSet", "0");
        else if (req->sink->config->must_change && req->sink->dir.dialect->name != LDP_389DS)
                ldp_mods_text(mods, LDAP_MOD_ADD, "pwdReset", "TRUE");
}

bool
ldp_password_put(struct ldp_request *req, struct ldp_mods *mods, enum ldp_next *next)
{
        struct mst_error err = { 0 };

        if (req->place->kind != MST_USER || ldp_password_attribute(req->sink) == NULL || mods->failed)
                return true;
        if (req->sink->dir.dialect->name == LDP_AD && !is_encrypted(req->sink->dir.access)) {
                *next = ldp_request_settle(req, MST_REFUSED, MST_ECONFIG, "Active Directory takes passwords over TLS "
                                           "only: use ldaps:// or start-tls");
                return false;
        }
        if (req->password == NULL &&
            (make(req, &err) != MST_OK || !encode(req) || hand(req, "new", &err) != MST_OK)) {
                mst_secret_free(req->password);  /* nobody was told */
                req->password = NULL;
                *next = ldp_request_settle(req, MST_RETRY, err.code != 0 ? err.code : MST_EINTERNAL, "no account without "
                                           "a password that is known: %s", err.code != 0 ? err.text : "out of memory");
                return false;
        }
        put(req, mods);
        return true;
}

void
ldp_password_close(struct ldp_request *req, enum mst_outcome outcome)
{
        struct mst_error err = { 0 };

        if (req->password == NULL)
                return;
        if (!req->wrote && outcome != MST_UNKNOWN && outcome != MST_DONE && hand(req, "void", &err) != MST_OK)
                mst_host_log(req->sink->host, MST_LOG_WARNING, "the password of '%s', which was not created, stays in "
                             "password-file: %s", req->dn, err.text);
        mst_secret_free(req->password);
        mst_secret_free(req->password_sent);
        req->password = req->password_sent = NULL;
}
