/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/abi.h> - the border between the program and a plugin.
 *
 * Majors never mix.  A program takes a plugin whose major is its own and whose
 * minor is not newer.  What grows: structs that start with their 'size' (a
 * plugin built earlier passes a smaller one, and what lies beyond counts as
 * zero), enums (new values at the end), functions (new ones only).  What never
 * changes: the meaning of what is there.
 *
 *   1.0   first promise
 */
#ifndef MUSTER_ABI_H
#define MUSTER_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MST_ABI_MAJOR 1
#define MST_ABI_MINOR 0

#ifdef __cplusplus
#define MST_BEGIN extern "C" {
#define MST_END_C }
#else
#define MST_BEGIN
#define MST_END_C
#endif

#if defined(__GNUC__) || defined(__clang__)
#define MST_API __attribute__((visibility("default")))
#define MST_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define MST_MUST_USE __attribute__((warn_unused_result))
#else
#define MST_API
#define MST_PRINTF(f, a)
#define MST_MUST_USE
#endif

#endif
