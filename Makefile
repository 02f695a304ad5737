# gapstats: equity analytics for school districts, inside PostgreSQL.
#
# A capability is a folder of src/: its C and the SQL that declares it.
# A new one is a new folder, and its SQL file in this list, in order of dependency.
SQL_FILES = \
	src/gapstats.sql \
	src/distribution/distribution.sql

PG_CONFIG ?= pg_config

EXTENSION = gapstats
EXTVERSION = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" gapstats.control)

MODULE_big = gapstats
OBJS = $(patsubst %.c,%.o,$(wildcard src/*.c src/*/*.c))
DATA = $(wildcard upgrade/*--*--*.sql)
DATA_built = gapstats--$(EXTVERSION).sql
DOCS = README.md

# Server headers count as system headers, so that -Wextra speaks of our code only.
# -ffp-contract: a fused multiply-add would make results depend on the machine, and on
# whether JIT inlined the function (only CPPFLAGS reach the bitcode).
PG_CPPFLAGS = -isystem $(shell $(PG_CONFIG) --includedir-server) -I$(srcdir)/src -ffp-contract=off
PG_CFLAGS = -Wall -Wextra
SHLIB_LINK = -lRmath

REGRESS = $(sort $(basename $(notdir $(wildcard $(srcdir)/sql/*.sql))))
REGRESS_OPTS = --load-extension=gapstats

EXTRA_CLEAN = results regression.diffs regression.out

PGXS := $(shell $(PG_CONFIG) --pgxs)
ifndef srcdir
srcdir = .
endif
include $(PGXS)

$(DATA_built): $(SQL_FILES) gapstats.control Makefile
	cat $(addprefix $(srcdir)/,$(SQL_FILES)) > $@

# PGXS does not track headers.
$(OBJS): $(wildcard $(srcdir)/src/*.h $(srcdir)/src/*/*.h)
