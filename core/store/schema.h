/* schema.h - the tables, version 4: those of version 1, and the steps from there.
 *
 * Times are Unix milliseconds, numbers of entries dense.  Small rows and records are
 * kept apart, so that a change of state rewrites a small row; what is looked up by
 * hash lies in key order, what is made in order is appended.
 *
 *   entry      the mirror: one record as the source last gave it.  'born' is the
 *              generation that first had it: a row whose born is larger than its sync's
 *              generation belongs to a full round that is not complete, and does not
 *              exist yet for anybody but the fold.
 *   stage      a known record that differs, in a full round that is not complete.
 *   seen       which entries the running full round has met, as chunks of a set.
 *   ref        who points at whom: 'toward' is a hash of the id pointed at.
 *   bad        whose record could not be read, to be asked for again.
 *   dirty      not yet planned; a bit for each target.
 *   wake       what time alone makes dirty.
 *   link       the tie between an entry and its object in one sink.
 *   op         the journal (state < 16) and the history (state >= 16) in one: an op is
 *              written once and changes its small row.  'open' is 1 in the journal and null
 *              in the history; the index of open ops hangs on it, and not on the state, so
 *              that the way from planned to sent does not touch the index.
 *   tset       entries with a live link, a set for each target.
 *   grp        a dynamic group; gset: who satisfies its rule; gmem: the same seen from the
 *              entry, so that a changed record meets only its own groups.
 *   glink      a group's object in a sink; pset: members that the sink has from us.  'reason'
 *              says since when nobody satisfies the rule, or none makes it any more, 'due' when
 *              what 'fate' says follows from that; 'label' is its name there, folded; 'came' and
 *              'went' count the members of run 'run'.  State 0: it is to be adopted.
 *   gchange    a member who must leave under a name that he no longer has.
 *   mset, nset members of a group of the source, told by the source: users, groups; 'grp' is
 *              the group's entry.  A member whose record is not known has an entry without a
 *              record (gone 4): somebody spoke of it.
 *   mstage, nstage  the same, told in a round that is not complete, of the groups in mtold
 *              and, in a full round, of all; with a negative grp those who were told to be no
 *              members of it.
 *   memof      mset and nset seen from the member: the entries of its groups.
 *   rule       what the rule of a group has said, each text with the run that planned with it
 *              first; null: there was no rule from then on.
 *   hold       what a guard keeps back, and why.
 *   accepted   a value (hash 'actual') that somebody gave an object at the sink and an admin let
 *              stay, as long as 'wanted' is what we would have there: 'owner' is the entry,
 *              or with kind 2 the group; attribute "" is whether it is disabled.
 *   decision   who said yes or no to something, when, and why; 'what' as enum mstc_decided.
 *   declined   what was decided against, by a hash, as long as exactly that is wanted; 'place' is
 *              the target of a group, 0 for users, who have one object a sink.
 *   drawn      the bytes that maps have drawn by chance for somebody who is not made yet.
 *   tally      removals by hour; effect: the same of what else guards count, by what it is;
 *              census: live links by day: what the guards look back on.
 *   opmembers  who was in a group when it was deleted, for who wants it back.
 *   bygone     what somebody was told apart by in a sink until lately, by hash: whoever comes
 *              with it now is somebody else.
 *   meter      counters that outlive restarts, by name: 'owner' is a sync, target or instance, 'part'
 *              which of several: a bucket, an outcome (meters.h).  sync.succeeded and
 *              target.succeeded: when all that was read was last carried over.
 *   notice     states that somebody was told of, or is to be: 'told' says by which ways (bits), 'over'
 *              that it has ended since.
 *   told       what an entry was before the source said something else: 'was' holds the values that
 *              are not the same (null: it had none), laid over what is now it gives what was then;
 *              'before' is the run that had said that.  Who has none is as he first was.
 *   doubt      ops whose answer was lost, until they have been looked up for the last time: 'due' is
 *              when that comes next, 'step' which one it is.
 */
#ifndef MSTC_SCHEMA_H
#define MSTC_SCHEMA_H

#define MSTC_SCHEMA_VERSION 4
#define MSTC_APPLICATION_ID 0x4d757374               /* "Must" */

/* Added in version 4, which no release has yet: what several parts need, each in its own piece;
 * a new piece goes to the end of the list. */
#define MSTC_SCHEMA_4_SQL MSTC_SCHEMA_4_KEPT MSTC_SCHEMA_4_DOUBT MSTC_SCHEMA_4_DECISIONS MSTC_SCHEMA_4_METERS MSTC_SCHEMA_4_TOLD \
                          MSTC_SCHEMA_4_ABSENT MSTC_SCHEMA_4_PAUSE

/* Who was missed by one read of everybody (absent.h); when everybody was last read. */
#define MSTC_SCHEMA_4_ABSENT \
"ALTER TABLE entry ADD COLUMN absent INTEGER;" \
"CREATE INDEX entry_absent ON entry(sync, absent) WHERE absent IS NOT NULL;" \
"ALTER TABLE sync ADD COLUMN full_at INTEGER;" \
"UPDATE sync SET full_at=cursor_at;"

/* What metrics and alarms keep. */
#define MSTC_SCHEMA_4_METERS \
"CREATE TABLE meter(name TEXT NOT NULL, owner INTEGER NOT NULL, part INTEGER NOT NULL, value INTEGER NOT NULL," \
" PRIMARY KEY(name, owner, part)) WITHOUT ROWID;" \
"ALTER TABLE sync ADD COLUMN succeeded INTEGER;" \
"ALTER TABLE target ADD COLUMN succeeded INTEGER;" \
"CREATE TABLE notice(event TEXT NOT NULL, what TEXT NOT NULL, since INTEGER NOT NULL, over INTEGER," \
" told INTEGER NOT NULL DEFAULT 0, text TEXT, PRIMARY KEY(event, what)) WITHOUT ROWID;" \
"CREATE INDEX op_parked ON op(sink) WHERE state = 4;"

/* What the source has said before, and which event a line of the log is. */
#define MSTC_SCHEMA_4_TOLD \
"ALTER TABLE log ADD COLUMN event INTEGER NOT NULL DEFAULT 0;" \
"CREATE TABLE told(id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, run INTEGER NOT NULL, at INTEGER NOT NULL," \
" gone INTEGER NOT NULL, before INTEGER NOT NULL, was_gone INTEGER NOT NULL, was BLOB);" \
"CREATE INDEX told_entry ON told(entry, id);" \
"CREATE INDEX told_run ON told(run);"

/* Syncs that are held back; '' is all of them. */
#define MSTC_SCHEMA_4_PAUSE \
"CREATE TABLE pause(sync TEXT PRIMARY KEY, since INTEGER NOT NULL, until INTEGER, who TEXT, note TEXT) WITHOUT ROWID;"

/* Decisions, which were in links, and values of chance. */
#define MSTC_SCHEMA_4_DECISIONS \
"CREATE TABLE decision(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, what INTEGER NOT NULL, hold INTEGER," \
" who TEXT, note TEXT);" \
"CREATE TABLE declined(kind INTEGER NOT NULL, entry INTEGER NOT NULL, sink INTEGER NOT NULL," \
" place INTEGER NOT NULL, target INTEGER NOT NULL, verb INTEGER NOT NULL, reason INTEGER NOT NULL," \
" hash BLOB NOT NULL, decision INTEGER NOT NULL, PRIMARY KEY(kind, entry, sink, place)) WITHOUT ROWID;" \
"INSERT INTO decision(at, what, note) SELECT max(touched), 2, 'rejected with an earlier muster' FROM link" \
" WHERE declined IS NOT NULL HAVING count(*) > 0;" \
"INSERT INTO declined SELECT 1, entry, sink, 0, target, 0, 0, declined, (SELECT max(id) FROM decision) FROM link" \
" WHERE declined IS NOT NULL;" \
"UPDATE link SET declined=NULL WHERE declined IS NOT NULL;" \
"ALTER TABLE op ADD COLUMN decision INTEGER;" \
"CREATE TABLE drawn(target INTEGER NOT NULL, entry INTEGER NOT NULL, attribute TEXT NOT NULL, bytes BLOB NOT NULL," \
" at INTEGER NOT NULL, PRIMARY KEY(target, entry, attribute)) WITHOUT ROWID;"

/* What an admin has let stay as it is in a sink; what guards look back on (target.first: the run
 * of its first plan). */
#define MSTC_SCHEMA_4_KEPT \
"CREATE TABLE accepted(sink INTEGER NOT NULL, kind INTEGER NOT NULL, owner INTEGER NOT NULL," \
" attribute TEXT NOT NULL, wanted BLOB NOT NULL, actual BLOB NOT NULL, who TEXT, at INTEGER NOT NULL," \
" note TEXT, PRIMARY KEY(sink, kind, owner, attribute)) WITHOUT ROWID;" \
"CREATE TABLE effect(target INTEGER NOT NULL, guard TEXT NOT NULL, hour INTEGER NOT NULL," \
" number INTEGER NOT NULL, PRIMARY KEY(target, guard, hour)) WITHOUT ROWID;" \
"CREATE TABLE bygone(sink INTEGER NOT NULL, hash INTEGER NOT NULL, entry INTEGER NOT NULL, at INTEGER NOT NULL," \
" PRIMARY KEY(sink, hash, entry)) WITHOUT ROWID;" \
"ALTER TABLE target ADD COLUMN first INTEGER;" \
"CREATE TABLE opmembers(number INTEGER PRIMARY KEY, bits BLOB NOT NULL);"

/* What was once in doubt; how a sink has failed of late: 'fails' in a row, the last 'tried' of at
 * most 20 as bits in 'recent', and for one in quarantine the next 'trial' and how many there were. */
#define MSTC_SCHEMA_4_DOUBT \
"CREATE TABLE doubt(op INTEGER PRIMARY KEY, sink INTEGER NOT NULL, since INTEGER NOT NULL, due INTEGER NOT NULL," \
" step INTEGER NOT NULL DEFAULT 0);" \
"CREATE INDEX doubt_due ON doubt(sink, due);" \
"INSERT INTO doubt SELECT number, sink, 0, 0, 0 FROM op WHERE state=2;" \
"ALTER TABLE instance ADD COLUMN fails INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE instance ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE instance ADD COLUMN recent INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE instance ADD COLUMN trial INTEGER;" \
"ALTER TABLE instance ADD COLUMN trials INTEGER NOT NULL DEFAULT 0;"

/* Added in version 3: what rules have said; what becomes of a group that is
 * empty or whose rule has vanished. */
#define MSTC_SCHEMA_3_SQL \
"CREATE TABLE rule(id INTEGER PRIMARY KEY, sync INTEGER NOT NULL, name TEXT NOT NULL, text TEXT," \
" fingerprint TEXT NOT NULL, run INTEGER NOT NULL, at INTEGER NOT NULL);" \
"CREATE INDEX rule_name ON rule(sync, name, id DESC);" \
"ALTER TABLE grp ADD COLUMN since INTEGER;" \
"ALTER TABLE glink ADD COLUMN reason INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE glink ADD COLUMN since INTEGER;" \
"ALTER TABLE glink ADD COLUMN due INTEGER;" \
"ALTER TABLE glink ADD COLUMN fate INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE glink ADD COLUMN declined INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE glink ADD COLUMN suffix INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE glink ADD COLUMN label TEXT;" \
"ALTER TABLE glink ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE glink ADD COLUMN run INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE glink ADD COLUMN came INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE glink ADD COLUMN went INTEGER NOT NULL DEFAULT 0;" \
"CREATE INDEX glink_due ON glink(due) WHERE due IS NOT NULL;" \
"CREATE INDEX glink_label ON glink(sink, label) WHERE label IS NOT NULL;" \
"CREATE INDEX link_off ON link(target, entry) WHERE state=2;"

/* Added in version 2: groups of the source.  sync.members: what is staged of memberships and
 * waits to take its place (1: who joins and who leaves, 2: who joins). */
#define MSTC_SCHEMA_2_SQL \
"ALTER TABLE grp ADD COLUMN entry INTEGER;" \
"CREATE INDEX grp_entry ON grp(entry) WHERE entry IS NOT NULL;" \
"CREATE INDEX entry_group ON entry(sync) WHERE kind=2;" \
"ALTER TABLE sync ADD COLUMN members INTEGER NOT NULL DEFAULT 0;" \
"CREATE TABLE mset(grp INTEGER NOT NULL, chunk INTEGER NOT NULL, bits BLOB NOT NULL," \
" PRIMARY KEY(grp, chunk)) WITHOUT ROWID;" \
"CREATE TABLE nset(grp INTEGER NOT NULL, chunk INTEGER NOT NULL, bits BLOB NOT NULL," \
" PRIMARY KEY(grp, chunk)) WITHOUT ROWID;" \
"CREATE TABLE mstage(grp INTEGER NOT NULL, chunk INTEGER NOT NULL, bits BLOB NOT NULL," \
" PRIMARY KEY(grp, chunk)) WITHOUT ROWID;" \
"CREATE TABLE nstage(grp INTEGER NOT NULL, chunk INTEGER NOT NULL, bits BLOB NOT NULL," \
" PRIMARY KEY(grp, chunk)) WITHOUT ROWID;" \
"CREATE TABLE mtold(sync INTEGER NOT NULL, grp INTEGER NOT NULL, PRIMARY KEY(sync, grp)) WITHOUT ROWID;" \
"CREATE TABLE memof(entry INTEGER PRIMARY KEY, grps BLOB NOT NULL);"

#define MSTC_SCHEMA_1_SQL \
"CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;" \
"CREATE TABLE instance(id INTEGER PRIMARY KEY, role INTEGER NOT NULL, name TEXT NOT NULL," \
" plugin TEXT NOT NULL, identity TEXT, facts BLOB, facts_at INTEGER, state INTEGER NOT NULL DEFAULT 0," \
" reason TEXT, since INTEGER, UNIQUE(role, name));" \
"CREATE TABLE kept(instance INTEGER NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, at INTEGER NOT NULL," \
" PRIMARY KEY(instance, name)) WITHOUT ROWID;" \
"CREATE TABLE sync(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, source INTEGER NOT NULL," \
" fingerprint TEXT, groups_fingerprint TEXT, reads TEXT, generation INTEGER NOT NULL DEFAULT 0," \
" cursor TEXT, cursor_at INTEGER, live INTEGER NOT NULL DEFAULT 0, completed_at INTEGER," \
" reset INTEGER NOT NULL DEFAULT 0);" \
"CREATE TABLE target(id INTEGER PRIMARY KEY, sync INTEGER NOT NULL, name TEXT NOT NULL," \
" sink INTEGER NOT NULL, fingerprint TEXT, identity TEXT, live INTEGER NOT NULL DEFAULT 0," \
" planned INTEGER NOT NULL DEFAULT 0, bit INTEGER NOT NULL, UNIQUE(sync, name));" \
"CREATE TABLE entry(number INTEGER PRIMARY KEY, sync INTEGER NOT NULL, kind INTEGER NOT NULL," \
" id TEXT NOT NULL, born INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0, since INTEGER," \
" run INTEGER NOT NULL, bad TEXT);" \
"CREATE TABLE entry_key(key BLOB NOT NULL PRIMARY KEY, number INTEGER NOT NULL, hash BLOB NOT NULL)" \
" WITHOUT ROWID;" \
"CREATE TABLE record(number INTEGER PRIMARY KEY, flat BLOB NOT NULL);" \
"CREATE TABLE stage(number INTEGER PRIMARY KEY, sync INTEGER NOT NULL, gone INTEGER NOT NULL," \
" hash BLOB NOT NULL, flat BLOB);" \
"CREATE TABLE seen(sync INTEGER NOT NULL, chunk INTEGER NOT NULL, bits BLOB NOT NULL," \
" PRIMARY KEY(sync, chunk)) WITHOUT ROWID;" \
"CREATE TABLE ref(toward INTEGER NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY(toward, entry)) WITHOUT ROWID;" \
"CREATE TABLE bad(sync INTEGER NOT NULL, kind INTEGER NOT NULL, id TEXT NOT NULL, why TEXT NOT NULL," \
" tries INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL, PRIMARY KEY(sync, kind, id)) WITHOUT ROWID;" \
"CREATE TABLE dirty(sync INTEGER NOT NULL, entry INTEGER NOT NULL, mask INTEGER NOT NULL," \
" PRIMARY KEY(sync, entry)) WITHOUT ROWID;" \
"CREATE TABLE wake(sync INTEGER NOT NULL, entry INTEGER NOT NULL, why TEXT NOT NULL, at INTEGER NOT NULL," \
" PRIMARY KEY(sync, entry, why)) WITHOUT ROWID;" \
"CREATE INDEX wake_at ON wake(sync, at);" \
"CREATE TABLE link(id INTEGER PRIMARY KEY, sink INTEGER NOT NULL, entry INTEGER NOT NULL," \
" target INTEGER NOT NULL, object_hash INTEGER, object TEXT, name TEXT, version TEXT, made INTEGER NOT NULL," \
" state INTEGER NOT NULL, reason INTEGER NOT NULL DEFAULT 0, since INTEGER, touched INTEGER NOT NULL," \
" declined BLOB, UNIQUE(entry, sink));" \
"CREATE TABLE applied(link INTEGER PRIMARY KEY, flat BLOB NOT NULL);" \
"CREATE TABLE duplicate(sink INTEGER NOT NULL, entry INTEGER NOT NULL, object TEXT NOT NULL, name TEXT," \
" attribute TEXT, value TEXT, run INTEGER NOT NULL, PRIMARY KEY(sink, entry, object)) WITHOUT ROWID;" \
"CREATE TABLE op(number INTEGER PRIMARY KEY, run INTEGER NOT NULL, target INTEGER NOT NULL," \
" sink INTEGER NOT NULL, kind INTEGER NOT NULL, entry INTEGER NOT NULL, verb INTEGER NOT NULL," \
" state INTEGER NOT NULL, rank INTEGER NOT NULL, reason INTEGER NOT NULL DEFAULT 0," \
" hold INTEGER, approved INTEGER, tries INTEGER NOT NULL DEFAULT 0, due INTEGER, matched INTEGER," \
" sent INTEGER, ended INTEGER, outcome INTEGER, run_ended INTEGER, count INTEGER NOT NULL DEFAULT 0," \
" refs INTEGER NOT NULL DEFAULT 0, open INTEGER DEFAULT 1);" \
"CREATE INDEX op_open ON op(sink, rank, number) WHERE open IS NOT NULL;" \
"CREATE INDEX op_unknown ON op(sink, number) WHERE state = 2;" \
"CREATE INDEX op_retry ON op(sink, rank, number) WHERE state = 3;" \
"CREATE INDEX op_entry ON op(entry, kind);" \
"CREATE INDEX op_run ON op(run, number);" \
"CREATE INDEX op_hold ON op(hold) WHERE hold IS NOT NULL;" \
"CREATE TABLE opdata(number INTEGER PRIMARY KEY, name TEXT, before BLOB, after BLOB, text TEXT);" \
"CREATE TABLE tset(target INTEGER NOT NULL, chunk INTEGER NOT NULL, bits BLOB NOT NULL," \
" PRIMARY KEY(target, chunk)) WITHOUT ROWID;" \
"CREATE TABLE grp(id INTEGER PRIMARY KEY, sync INTEGER NOT NULL, name TEXT NOT NULL, title TEXT," \
" fingerprint TEXT NOT NULL, count INTEGER NOT NULL DEFAULT 0, family TEXT, gone INTEGER NOT NULL DEFAULT 0," \
" UNIQUE(sync, name));" \
"CREATE TABLE gset(grp INTEGER NOT NULL, chunk INTEGER NOT NULL, bits BLOB NOT NULL," \
" PRIMARY KEY(grp, chunk)) WITHOUT ROWID;" \
"CREATE TABLE glink(id INTEGER PRIMARY KEY, sink INTEGER NOT NULL, target INTEGER NOT NULL," \
" grp INTEGER NOT NULL, object TEXT, name TEXT, version TEXT, made INTEGER NOT NULL, state INTEGER NOT NULL," \
" count INTEGER NOT NULL DEFAULT 0, touched INTEGER NOT NULL, applied BLOB, UNIQUE(grp, target));" \
"CREATE TABLE pset(glink INTEGER NOT NULL, chunk INTEGER NOT NULL, bits BLOB NOT NULL," \
" PRIMARY KEY(glink, chunk)) WITHOUT ROWID;" \
"CREATE TABLE gchange(glink INTEGER NOT NULL, entry INTEGER NOT NULL, name TEXT NOT NULL, object TEXT," \
" PRIMARY KEY(glink, entry, name)) WITHOUT ROWID;" \
"CREATE TABLE gbad(glink INTEGER NOT NULL, entry INTEGER NOT NULL, joins INTEGER NOT NULL, why TEXT," \
" run INTEGER NOT NULL, PRIMARY KEY(glink, entry)) WITHOUT ROWID;" \
"CREATE INDEX gbad_entry ON gbad(entry);" \
"CREATE TABLE gmem(entry INTEGER PRIMARY KEY, ids BLOB NOT NULL);" \
"CREATE TABLE gdirty(sync INTEGER NOT NULL, grp INTEGER NOT NULL, PRIMARY KEY(sync, grp)) WITHOUT ROWID;" \
"CREATE TABLE hold(number INTEGER PRIMARY KEY, run INTEGER NOT NULL, sync INTEGER NOT NULL," \
" target INTEGER, guard TEXT NOT NULL, reason TEXT NOT NULL, created INTEGER NOT NULL," \
" state INTEGER NOT NULL DEFAULT 0, decided INTEGER, decided_by TEXT, note TEXT, expect INTEGER);" \
"CREATE TABLE tally(target INTEGER NOT NULL, hour INTEGER NOT NULL, removals INTEGER NOT NULL," \
" PRIMARY KEY(target, hour)) WITHOUT ROWID;" \
"CREATE TABLE census(target INTEGER NOT NULL, day INTEGER NOT NULL, live INTEGER NOT NULL," \
" PRIMARY KEY(target, day)) WITHOUT ROWID;" \
"CREATE TABLE run(id INTEGER PRIMARY KEY, sync INTEGER NOT NULL, mode INTEGER NOT NULL," \
" state INTEGER NOT NULL, generation INTEGER NOT NULL, fingerprint TEXT, started INTEGER NOT NULL," \
" ended INTEGER, outcome INTEGER, text TEXT, next TEXT, pages INTEGER NOT NULL DEFAULT 0," \
" bad INTEGER NOT NULL DEFAULT 0, judged INTEGER NOT NULL DEFAULT 0, counts BLOB);" \
"CREATE INDEX run_sync ON run(sync, id);" \
"CREATE INDEX run_open ON run(id) WHERE state < 5;" \
"CREATE TABLE log(run INTEGER NOT NULL, line INTEGER NOT NULL, at INTEGER NOT NULL, level INTEGER NOT NULL," \
" text TEXT NOT NULL, PRIMARY KEY(run, line)) WITHOUT ROWID;"

#endif
