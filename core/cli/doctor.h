/* doctor.h - what `muster doctor` finds, and where it looks. */
#ifndef MSTC_DOCTOR_H
#define MSTC_DOCTOR_H

#include "cli/cli.h"
#include "cli/workplace.h"

enum mstc_health { MSTC_WELL = 0, MSTC_DOUBTFUL = 1, MSTC_ILL = 2 };

struct mstc_doctor {
        struct mstc_cli *cli;
        struct mstc_workplace place;         /* what could be opened of it             */
        const char *area;                    /* of the finding before                  */
        enum mstc_health worst;
        size_t counts[3];
};

/* Tells a finding: where it belongs, how it is, what to do (NULL: nothing), what it is. */
void mstc_doctor_tell(struct mstc_doctor *doctor, const char *area, enum mstc_health health, const char *remedy,
                      const char *format, ...) MST_PRINTF(5, 6);

/* Each area; the configuration comes before those that need it. */
void mstc_doctor_program(struct mstc_doctor *doctor);
void mstc_doctor_machine(struct mstc_doctor *doctor);
void mstc_doctor_unit(struct mstc_doctor *doctor);
void mstc_doctor_configuration(struct mstc_doctor *doctor);
void mstc_doctor_store(struct mstc_doctor *doctor);
void mstc_doctor_services(struct mstc_doctor *doctor);

#endif
