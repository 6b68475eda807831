/* values.h - the writers of a generated person's values, for property.c: each
 * writes one JSON value, or writes nothing and returns false (never set). */
#ifndef GRAPH_VALUES_H
#define GRAPH_VALUES_H
#include "person.h"
#include "../rest/text.h"

#define VALUE(name) bool value_##name(struct text *t, const struct person *p)
VALUE(id);
VALUE(upn);
VALUE(display_name);
VALUE(given_name);
VALUE(surname);
VALUE(mail);
VALUE(job_title);
VALUE(mobile);
VALUE(office);
VALUE(language);
VALUE(business_phones);
VALUE(enabled);
VALUE(department);
VALUE(city);
VALUE(mail_nickname);
VALUE(user_type);
VALUE(created);
VALUE(company);
VALUE(employee_id);
VALUE(employee_type);
VALUE(hire_date);
VALUE(leave_date);
VALUE(org_data);
VALUE(street);
VALUE(state);
VALUE(postal);
VALUE(country);
VALUE(fax);
VALUE(usage_location);
VALUE(other_mails);
VALUE(proxy_addresses);
VALUE(im_addresses);
VALUE(password_change);
VALUE(creation_type);
VALUE(external_state);
VALUE(external_change);
VALUE(immutable_id);
VALUE(sam_account);
VALUE(premises_upn);
VALUE(premises_dn);
VALUE(premises_domain);
VALUE(premises_sid);
VALUE(premises_synced);
VALUE(premises_last_sync);
VALUE(premises_extensions);
VALUE(sid);
VALUE(identities);
VALUE(licenses);
VALUE(plans);
VALUE(provisioned);
VALUE(license_states);
VALUE(authorization);
VALUE(password_policies);
VALUE(in_address_list);
VALUE(cost_book);
VALUE(shift);
VALUE(badge);
#endif
