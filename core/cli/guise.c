/* guise.c - who the process is, and what others may see of it.
 *
 * An admin types `sudo muster ...`; the state belongs to the service's user.  Files
 * made as root would lock the service out, and root is more than a sync needs: the
 * state folder's owner is who we become. */
#include "build.h"

#include "cli/guise.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* LeakSanitizer looks at its own process through ptrace, which this would forbid. */
#if defined(__SANITIZE_ADDRESS__)
#define WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(leak_sanitizer)
#define WATCHED 1
#endif
#endif
#ifndef WATCHED
#define WATCHED 0
#endif

void
mstc_guise_close(void)
{
        struct rlimit none = { 0, 0 };

        umask(077);
        setrlimit(RLIMIT_CORE, &none);
        if (!WATCHED)
                prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

const char *
mstc_guise_who(struct mst_arena *arena)
{
        const char *sudo = getuid() == 0 ? getenv("SUDO_USER") : NULL;
        const struct passwd *pw = sudo == NULL ? getpwuid(getuid()) : NULL;
        const char *who;

        if (sudo != NULL)
                who = mst_arena_printf(arena, "%.64s (as root)", sudo);
        else if (pw != NULL)
                who = mst_arena_strdup(arena, pw->pw_name);
        else
                who = mst_arena_printf(arena, "user %u", (unsigned)getuid());
        return who != NULL ? who : "unknown";
}

static int
become(uid_t uid, gid_t gid, const char *folder, struct mst_error *err)
{
        const struct passwd *pw = getpwuid(uid);
        int rc = pw != NULL ? initgroups(pw->pw_name, pw->pw_gid) : setgroups(0, NULL);

        if (pw != NULL)
                gid = pw->pw_gid;
        if (rc != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
                return mst_fail(err, MST_EPERM, "the state folder %s belongs to user %u, and this process "
                                "cannot become that user: %s", folder, (unsigned)uid, strerror(errno));
        if (uid != 0 && setuid(0) == 0)
                return mst_fail(err, MST_EINTERNAL, "root's rights could not be given up");
        mstc_guise_close();                  /* the change of user has undone a part   */
        return MST_OK;
}

int
mstc_guise_assume(const char *store, bool *ret_changed, struct mst_error *err)
{
        char folder[PATH_MAX];
        const char *slash = strrchr(store, '/');
        struct stat st;

        *ret_changed = false;
        if (geteuid() != 0 || slash == NULL || slash == store || (size_t)(slash - store) >= sizeof folder)
                return MST_OK;
        memcpy(folder, store, (size_t)(slash - store));
        folder[slash - store] = '\0';
        if (stat(folder, &st) != 0 || st.st_uid == 0)
                return MST_OK;               /* the store says what is wrong with it   */
        if (become(st.st_uid, st.st_gid, folder, err) != MST_OK)
                return err->code;
        *ret_changed = true;
        return MST_OK;
}
