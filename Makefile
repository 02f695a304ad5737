# gapstats: equity analytics for school districts, inside PostgreSQL.
#
# A capability is a folder of src/: its C and the SQL that declares it.
# A new one is a new folder, and its SQL file in this list, in order of dependency.
SQL_FILES = \
	src/base/base.sql \
	src/batch/batch.sql \
	src/distribution/distribution.sql \
	src/dayset/dayset.sql \
	src/distribution/pair.sql \
	src/sample/weighted_sample.sql \
	src/rate/rate.sql \
	src/rate/rate_gap.sql \
	src/percentile/percentile.sql \
	src/gap/gap.sql \
	src/gap/gap_by_group.sql \
	src/gap/v_gap.sql \
	src/gap/weighted_v.sql \
	src/gap/ks.sql \
	src/gap/quantile_gaps.sql \
	src/gap/coarsened.sql \
	src/gap/change.sql \
	src/gap/trend.sql \
	src/gap/weighted_gap.sql \
	src/growth/growth.sql \
	src/decomposition/cross_products.sql \
	src/decomposition/gap_decomposition.sql \
	src/decomposition/rate_decomposition.sql \
	src/decomposition/anova.sql \
	src/decomposition/gap_within.sql \
	src/inference/chi_squared_test.sql \
	src/inference/welch_anova.sql \
	src/inference/missing_bounds.sql \
	src/inference/adjusted_p_value.sql \
	src/inference/simultaneous_interval.sql \
	src/inference/shrunken_estimate.sql \
	src/inference/shrunken_rate.sql \
	src/intersection/intersection.sql \
	src/effect/cells.sql \
	src/effect/difference_in_differences.sql \
	src/effect/regression_discontinuity.sql \
	src/effect/density_check.sql \
	src/segregation/composition.sql \
	src/segregation/segregation.sql \
	src/segregation/segregation_part.sql \
	src/segregation/inequality.sql \
	src/segregation/concentration_index.sql \
	src/absence/absence.sql \
	src/absence/units.sql \
	src/absence/storage.sql \
	src/absence/series.sql \
	src/absence/rollup.sql \
	src/outlook/chronic_absence.sql \
	src/outlook/calibration.sql \
	src/usage/usage.sql \
	src/mastery/mastery.sql \
	src/standing/kept_query.sql \
	src/disproportionality/disproportionality.sql \
	src/standing/standing.sql \
	src/standing/parts.sql \
	src/standing/queries.sql \
	src/standing/runs.sql \
	src/standing/cron_time.sql \
	src/standing/schedule.sql \
	src/standing/health.sql \
	src/standing/thing.sql \
	src/disclosure/system.sql \
	src/suppression/protect.sql \
	src/watch_list/words.sql \
	src/watch_list/parts.sql \
	src/watch_list/tables.sql \
	src/watch_list/format.sql \
	src/watch_list/queries.sql \
	src/watch_list/days.sql \
	src/watch_list/clock.sql \
	src/watch_list/rule_query.sql \
	src/watch_list/rules.sql \
	src/watch_list/describe.sql \
	src/watch_list/grants.sql \
	src/watch_list/views.sql \
	src/watch_list/publish.sql \
	src/watch_list/flags.sql \
	src/watch_list/agreement.sql \
	src/watch_list/settings.sql \
	src/watch_list/list.sql \
	src/watch_list/students.sql \
	src/watch_list/readers.sql \
	src/watch_list/resume.sql \
	src/watch_list/breaker.sql \
	src/watch_list/run.sql \
	src/watch_list/hidden_groups.sql \
	src/watch_list/counts.sql \
	src/watch_list/preview.sql \
	src/watch_list/entry.sql \
	src/watch_list/estimate.sql \
	src/watch_list/follow_up.sql \
	src/watch_list/care.sql \
	src/watch_list/retention.sql \
	src/watch_list/outbox.sql \
	src/watch_list/change.sql \
	src/watch_list/explain.sql \
	src/watch_list/definition.sql \
	src/watch_list/profile.sql \
	src/watch_list/audit.sql \
	src/watch_list/calibrate_rule.sql \
	src/effect/effect_of_flag.sql \
	src/watch_list/rule_sets.sql \
	src/watch_list/schedule.sql \
	src/watch_list/health.sql \
	src/disclosure/reporting_range.sql \
	src/disclosure/geometric_noise.sql \
	src/disclosure/audit.sql \
	src/suppression/suppress.sql \
	src/ledger/ledger.sql \
	src/ledger/release.sql \
	src/ledger/together.sql \
	src/ledger/publish.sql \
	src/ledger/draft.sql \
	src/ledger/health.sql \
	src/ledger/extract.sql \
	src/mastery/prerequisites.sql \
	src/outlook/students_needed.sql \
	src/outlook/what_if.sql \
	src/outlook/any_look.sql \
	src/report/measures.sql \
	src/report/cells.sql \
	src/report/groups.sql \
	src/report/told.sql \
	src/report/for_others.sql \
	src/report/gaps.sql \
	src/report/group_value.sql \
	src/report/estimates.sql \
	src/report/gap_report.sql \
	src/report/percentile_report.sql \
	src/report/absence_report.sql \
	src/report/parts.sql \
	src/report/definition.sql \
	src/report/refresh.sql \
	src/report/schedule.sql \
	src/report/create.sql \
	src/report/health.sql \
	src/rollup/columns.sql \
	src/rollup/parts.sql \
	src/rollup/capture.sql \
	src/rollup/merge.sql \
	src/rollup/merge_read.sql \
	src/rollup/schedule.sql \
	src/rollup/check.sql \
	src/rollup/create.sql \
	src/rollup/health.sql \
	src/chart/rows.sql \
	src/chart/marks.sql \
	src/chart/specification.sql \
	src/chart/chart.sql \
	src/chart/page.sql \
	src/base/privileges.sql

PG_CONFIG ?= pg_config

# Where this file is; not where make runs, in a VPATH build.
srcdir := $(or $(VPATH),$(patsubst %/,%,$(dir $(firstword $(MAKEFILE_LIST)))))

# The names of sources, as seen from there
sources = $(sort $(patsubst $(srcdir)/%,%,$(wildcard $(addprefix $(srcdir)/,$(1)))))

EXTENSION = gapstats
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(srcdir)/gapstats.control)

MODULE_big = gapstats
OBJS := $(patsubst %.c,%.o,$(call sources,src/*/*.c))
DATA := $(call sources,upgrade/*--*--*.sql)
DATA_built = gapstats--$(EXTVERSION).sql

# Server headers count as system headers, so that -Wextra speaks of our code only.
# -ffp-contract: a fused multiply-add would make results depend on the machine, and on
# whether JIT inlined the function (only CPPFLAGS reach the bitcode).
PG_CPPFLAGS = -isystem $(shell $(PG_CONFIG) --includedir-server) -I$(srcdir)/src -ffp-contract=off
PG_CFLAGS = -Wall -Wextra

# PostgreSQL loads libraries into one namespace: without the option, a function of another
# extension that happens to have the name of one of ours would be called in its place.
comma = ,
SHLIB_LINK = -lRmath -lglpk -lgmp $(if $(filter linux,$(PORTNAME)),-Wl$(comma)-Bsymbolic-functions)

REGRESS := $(basename $(notdir $(call sources,sql/*.sql)))
REGRESS_OPTS = --load-extension=gapstats

# Isolation specs are in test/specs, TAP tests in test/t; "make installcheck TAP_TESTS=1"
# runs these too.
ISOLATION := $(basename $(notdir $(call sources,test/specs/*.spec)))
ISOLATION_OPTS = --load-extension=gapstats --inputdir=$(srcdir)/test
PROVE_TESTS = test/t/*.pl

# What "make charts" made, for the pages of report_page()
CHARTS = gapstats_charts.js

EXTRA_CLEAN = $(CHARTS) results regression.diffs regression.out output_iso tmp_check

# These set up what they need themselves, PostgreSQL included.
PROJECT_TARGETS = test matrix demo demo-directus check-directus demo-stop bench scale charts
ifneq (,$(filter-out $(PROJECT_TARGETS),$(or $(MAKECMDGOALS),all)))

PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq (,$(wildcard $(PGXS)))
$(error $(PG_CONFIG) knows of no PostgreSQL to build with: apt-get install postgresql-server-dev-15, or make PG_CONFIG=/path/to/pg_config)
endif
include $(PGXS)

ifeq (,$(shell command -v $(firstword $(CC))))
$(error There is no $(firstword $(CC)): apt-get install gcc libc6-dev)
endif

# $(call has_header,NAME.h): empty if the compiler finds no such header
has_header = $(shell $(CC) $(CPPFLAGS) -DMATHLIB_STANDALONE -E -include $(1) -x c /dev/null >/dev/null 2>&1 && echo found)
ifeq (,$(call has_header,Rmath.h))
$(error There is no Rmath.h: apt-get install r-mathlib)
endif
ifeq (,$(and $(call has_header,glpk.h),$(call has_header,gmp.h)))
$(error There is no glpk.h or gmp.h: apt-get install libglpk-dev libgmp-dev)
endif
ifneq ($(CURDIR),$(realpath $(srcdir)))
ifneq (,$(wildcard $(srcdir)/$(DATA_built)))
$(error $(srcdir) was built in: make -C $(srcdir) clean)
endif
endif

$(DATA_built): $(SQL_FILES) gapstats.control Makefile
	cat $(addprefix $(srcdir)/,$(SQL_FILES)) > $@

# PGXS does not track headers, nor does it make folders. (Relative, VPATH would find them.)
BITCODE = $(OBJS:.o=.bc)
folders := $(addprefix $(CURDIR)/,$(sort $(dir $(OBJS))))
$(OBJS) $(BITCODE): $(call sources,src/*/*.h) | $(folders)
$(folders):
	$(MKDIR_P) $@

# The least and largest of pending values, several at a time
src/distribution/count.o: CFLAGS += $(CFLAGS_VECTORIZE)

# The manual, in a folder of ours, so that its links lead somewhere
doc_dest = '$(DESTDIR)$(docdir)/extension/gapstats'
install: install-manual
uninstall: uninstall-manual
install-manual:
	$(MKDIR_P) $(doc_dest)/doc/images
	$(INSTALL_DATA) $(srcdir)/README.md $(doc_dest)
	$(INSTALL_DATA) $(srcdir)/doc/*.md $(doc_dest)/doc
	$(INSTALL_DATA) $(srcdir)/doc/images/*.png $(doc_dest)/doc/images
uninstall-manual:
	rm -rf $(doc_dest)

# With its charts, if they are there
install: install-charts
uninstall: uninstall-charts
install-charts: | installdirs
	$(if $(wildcard $(CHARTS)),$(INSTALL_DATA) $(CHARTS) '$(DESTDIR)$(datadir)/extension/')
uninstall-charts:
	rm -f '$(DESTDIR)$(datadir)/extension/$(CHARTS)'
.PHONY: install-manual uninstall-manual install-charts uninstall-charts
endif

.PHONY: $(PROJECT_TARGETS)
test:
	@test/run
matrix:
	@test/matrix
demo:
	@demo/run
demo-directus:
	@demo/directus/start
check-directus:
	@demo/directus/check
demo-stop:
	@demo/stop
bench:
	@bench/run
scale:
	@bench/scale
charts:
	@$(srcdir)/src/chart/bundle gapstats_charts.js
