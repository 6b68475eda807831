/* redact.h - a configuration file as it may be shown to strangers. */
#ifndef MSTC_REDACT_H
#define MSTC_REDACT_H

#include "config/config.h"
#include "util/buffer.h"

struct mstc_redact {
        void *self;
        /* Is this option of a source or sink secret?  What is not known is. */
        bool (*option)(void *self, bool is_source, const char *instance, const char *option);
        /* Is this attribute secret in any sink? */
        bool (*attribute)(void *self, const char *name);
};

/* Well-formed XML without a document type. */
void mstc_redact_bytes(const char *bytes, size_t size, const struct mstc_redact *ask, struct mstc_buffer *into);
/* The configuration's files in order, the main one first; false: there is no such index. */
bool mstc_config_redact(const struct mstc_config *config, size_t index, const struct mstc_redact *ask,
                        const char **ret_file, struct mstc_buffer *into);

#endif
