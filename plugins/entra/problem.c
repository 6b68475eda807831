/* problem.c - what Graph says when it refuses, as a sentence.
 *
 * The class comes from the status and the codes, outer and nested, compared without
 * regard to case; never from the message, which is only shown.  A gateway answers
 * with HTML or nothing: then the status is all there is. */
#include <string.h>
#include <strings.h>

#include "signin.h"

enum { SHOWN = 400 };

static const char *
safe_text(struct entra *entra, struct mst_json *json)
{
        const char *text;
        size_t length;

        if (mst_json_text(json, entra->scratch, &text, &length) != MST_JSON_OK)
                return NULL;
        return mst_escape_terminal(entra->scratch, text, length < SHOWN ? length : SHOWN);
}

/* An error object, and the ones nested in it. */
static void
read_error(struct entra *entra, struct mst_json *json, struct entra_problem *ret, bool outer)
{
        const char *name, *text;
        size_t length;

        while (mst_json_member(json, &name, &length)) {
                if (length == 4 && memcmp(name, "code", 4) == 0) {
                        text = safe_text(entra, json);
                        if (text != NULL && *text != '\0' && ret->code_count < ENTRA_CODES)
                                ret->codes[ret->code_count++] = text;
                } else if (outer && length == 7 && memcmp(name, "message", 7) == 0) {
                        text = safe_text(entra, json);
                        if (text != NULL)
                                ret->message = text;
                } else if (length == 10 && strncasecmp(name, "innerError", 10) == 0
                           && mst_json_enter_object(json)) {
                        read_error(entra, json, ret, false);
                }
        }
}

static const char *
header(struct entra *entra, const struct mst_http_reply *reply, const char *name)
{
        const char *value = mst_http_reply_header(reply, name);
        size_t length = value != NULL ? strlen(value) : 0;

        if (value == NULL)
                return NULL;
        return mst_escape_terminal(entra->scratch, value, length < 80 ? length : 80);
}

void
entra_problem_parse(struct entra *entra, const char *body, size_t size, struct entra_problem *ret)
{
        const char *name, *start;
        size_t length;

        mst_json_start(entra->json, body, size);
        if (mst_json_enter_object(entra->json)) {
                while (mst_json_member(entra->json, &name, &length))
                        if (length == 5 && memcmp(name, "error", 5) == 0
                            && mst_json_enter_object(entra->json))
                                read_error(entra, entra->json, ret, true);
        } else if (size > 0) {
                start = mst_escape_terminal(entra->scratch, body, size < 200 ? size : 200);
                if (start != NULL)
                        ret->message = start;
        }
}

void
entra_problem_read(struct entra *entra, const struct mst_http_reply *reply, struct entra_problem *ret)
{
        size_t size;
        const char *body = mst_http_content(reply, &size);

        *ret = (struct entra_problem){ .status = mst_http_status(reply), .message = "" };
        ret->request_id = header(entra, reply, "request-id");
        ret->date = header(entra, reply, "Date");
        ret->challenged = ret->status == 401 && entra_challenged(reply);
        entra_problem_parse(entra, body, size, ret);
}

bool
entra_problem_has(const struct entra_problem *problem, const char *code)
{
        for (size_t i = 0; i < problem->code_count; i++)
                if (strcasecmp(problem->codes[i], code) == 0)
                        return true;
        return false;
}

bool
entra_problem_expired(const struct entra_problem *problem)
{
        static const char *const lost[] = {
                "syncStateNotFound", "resyncRequired", "resyncApplyDifferences",
                "resyncUploadDifferences", "Directory_ExpiredPageToken",
        };

        if (problem->status == 410)
                return true;
        if (problem->status != 400 && problem->status != 404 && problem->status != 409)
                return false;
        for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++)
                if (entra_problem_has(problem, lost[i]))
                        return true;
        return problem->status == 400 && entra_problem_has(problem, "Request_UnsupportedQuery");
}

const char *
entra_problem_say(struct entra *entra, const struct entra_problem *problem)
{
        const char *code = problem->code_count > 0 ? problem->codes[0] : "no code";
        const char *text = mst_arena_printf(entra->scratch, "status %d, %s%s%s", problem->status, code,
                                            problem->message[0] != '\0' ? ": " : "", problem->message);

        return text != NULL ? text : "out of memory";
}

static const char *
say_id(struct entra *entra, const struct entra_problem *problem)
{
        const char *text;

        if (problem->request_id == NULL)
                return "";
        text = mst_arena_printf(entra->scratch, "; request id %s%s%s", problem->request_id,
                                problem->date != NULL ? ", " : "",
                                problem->date != NULL ? problem->date : "");
        return text != NULL ? text : "";
}

/* 400 of a request that carried no token. */
static int
fail_bad_request(const struct entra_problem *problem, const char *doing, const char *said,
                 const char *id, struct mst_error *err)
{
        if (entra_problem_has(problem, "Request_UnsupportedQuery"))
                return mst_fail(err, MST_ECONFIG, "%s: Graph does not support the query (%s%s)", doing, said, id);
        if (strstr(problem->message, "Request Too Long") != NULL)
                return mst_fail(err, MST_ECONFIG, "%s: a server on the way to Graph finds the address or the "
                                "headers too long (%s%s); use fewer attributes, or say `muster reset SYNC` if "
                                "it is a link that has grown", doing, said, id);
        if (entra_problem_has(problem, "Directory_ObjectNotFound"))
                return mst_fail(err, MST_ENET, "%s: Graph cannot read the directory at the moment, or the "
                                "tenant is wrong (%s%s)", doing, said, id);
        return mst_fail(err, MST_ECONFIG, "%s: Graph refused the request (%s%s); check the attributes that "
                        "rules and maps use", doing, said, id);
}

/* A managed identity's token, with the permissions in it, is kept by the platform. */
static int
fail_forbidden(const struct entra *entra, const char *doing, const char *said, const char *id, const char *needs,
               struct mst_error *err)
{
        bool managed = entra->credential->get != NULL;

        return mst_fail(err, MST_EPERM, "%s: the application may not do this (%s%s); give %s the application "
                        "permission %s of Microsoft Graph and grant admin consent. A permission granted just now "
                        "%s", doing, said, id, managed ? "the managed identity" : "it", needs, managed
                        ? "can be missing for about 8 hours, as long as the platform keeps tokens"
                        : "can take some minutes");
}

int
entra_problem_fail(struct entra *entra, const struct entra_problem *problem, const char *doing,
                   const char *needs, struct mst_error *err)
{
        const char *said = entra_problem_say(entra, problem), *id = say_id(entra, problem);

        switch (problem->status) {
        case 400:
                return fail_bad_request(problem, doing, said, id, err);
        case 401:
                if (problem->challenged)
                        return mst_fail(err, MST_EAUTH, "%s: access was revoked or is blocked by a policy: Graph "
                                        "asks for a token with other claims and refuses that one too (%s%s); look "
                                        "at the application's sign-in logs and Conditional Access", doing, said,
                                        id);
                return mst_fail(err, MST_EAUTH, "%s: Graph refuses the access token, and a new one too "
                                "(%s%s); check that 'cloud', 'graph-url' and 'scope' belong together and "
                                "that access was not revoked", doing, said, id);
        case 403:
                return fail_forbidden(entra, doing, said, id, needs, err);
        case 404:
                return mst_fail(err, MST_ENOTFOUND, "%s: not found (%s%s); is graph-url right?", doing, said,
                                id);
        case 410:
                return mst_fail(err, MST_ENET, "%s: the directory is being moved or maintained (%s%s); try "
                                "again later", doing, said, id);
        case 501:
                return mst_fail(err, MST_ECONFIG, "%s: Graph cannot give one of the attributes that rules "
                                "and maps use for a whole directory (%s%s)", doing, said, id);
        default:
                break;
        }
        if (problem->status >= 300 && problem->status < 400)
                return mst_fail(err, MST_ECONFIG, "%s: Graph wants to send us elsewhere (status %d%s), which "
                                "is not followed; check graph-url", doing, problem->status, id);
        return mst_fail(err, problem->status >= 500 ? MST_ENET : MST_EREFUSED, "%s: %s%s", doing, said, id);
}
