/* SPDX-License-Identifier: MIT */
/*
 * What will break a program one day, by rule (findings.def), from what a recording holds. Rules
 * look only at the recording, so old ones profit from new rules.
 */
#ifndef INT80_FINDINGS_H
#define INT80_FINDINGS_H

#include <jansson.h>

#include "recording.h"

enum severity { SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_LOW };

/*
 * An array of findings, gravest first: objects with id, severity, title, count, unit, why, remedy,
 * calls [{name, count}], sites [{module, offset, count}], programs [path], example (or null).
 * Looks at the images in temp table chosen(image). NULL if the recording cannot be read.
 */
json_t *findings_of(sqlite3 *db);
/* Writes them into table finding. */
void findings_record(struct recording *recording, const json_t *findings);
const char *severity_name(enum severity severity);

#endif
