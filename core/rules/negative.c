/* negative.c - tests that whoever has no such value passes, too.
 *
 * "-ne", "-notIn" and their like are true of an empty attribute, which nobody thinks of who
 * writes user.department -ne "Sales".  Where a neighbour under the same -and wants a value there,
 * it was thought of. */
#include "build.h"

#include <strings.h>

#include "rules/node.h"

struct above { const struct mstc_node *node; const struct above *out; };

struct finding {
        struct mstc_negative *into;
        size_t room, count;
};

static const struct mstc_node *
tested(const struct mstc_node *node)
{
        const struct mstc_node *left = node->kind == MSTC_NODE_COMPARE || node->kind == MSTC_NODE_IN ? node->kids[0] : NULL;

        return left != NULL && left->kind == MSTC_NODE_ATTRIBUTE && left->path_count == 0 ? left : NULL;
}

static bool
with_null(const struct mstc_node *node)
{
        return node->kind == MSTC_NODE_COMPARE && node->kids[1]->kind == MSTC_NODE_CONSTANT
            && node->kids[1]->constant->value.type == MST_NULL;
}

/* True only where the attribute has a value. */
static bool
wants_value(const struct mstc_node *node, const char *name)
{
        const struct mstc_node *left = tested(node);

        return left != NULL && strcasecmp(left->name, name) == 0 && node->negative == with_null(node);
}

static bool
thought_of(const struct above *above, const char *name)
{
        for (; above != NULL; above = above->out)
                for (uint32_t i = 0; i < above->node->count; i++)
                        if (wants_value(above->node->kids[i], name))
                                return true;
        return false;
}

/* 'turned': under an odd number of -not.  'above': the -and nodes around, which hold together. */
static void
walk(const struct mstc_node *node, bool turned, const struct above *above, struct finding *f)
{
        const struct mstc_node *left = tested(node);
        const struct above at = { node, above };

        if (left != NULL && node->negative != turned && !with_null(node) && f->count < f->room
            && strcasecmp(left->name, "id") != 0 && strcasecmp(left->name, "objectId") != 0
            && !thought_of(above, left->name))
                f->into[f->count++] = (struct mstc_negative){ left->name, node->offset, node->length };
        if (node->kind == MSTC_NODE_NOT)
                walk(node->kids[0], !turned, NULL, f);
        else if (node->kind == MSTC_NODE_AND || node->kind == MSTC_NODE_OR)
                for (uint32_t i = 0; i < node->count; i++)
                        walk(node->kids[i], turned, node->kind == MSTC_NODE_AND && !turned ? &at : above, f);
}

size_t
mstc_expr_negatives(const struct mstc_expr *expr, struct mstc_negative *into, size_t room)
{
        struct finding f = { .into = into, .room = room };

        walk(expr->root, false, NULL, &f);
        return f.count;
}
