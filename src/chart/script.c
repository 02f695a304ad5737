/*
 * script.c
 *		The script that draws charts in a page: Vega, as "make charts" has got it.
 *
 * It is read from where the extension is installed, and from nowhere else: the path is made
 * here, of nothing that a caller can say.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include "base/compat.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/builtins.h"

#define SCRIPT				"extension/gapstats_charts.js"
#define SCRIPT_MAX_BYTES	(8 * 1024 * 1024)

PG_FUNCTION_INFO_V1(chart_script);

/*
 * Where the script would be. An installation under another root, as in DESTDIR, has its library
 * and its share directory under the same.
 */
static char *
ScriptPath(void)
{
	char		share[MAXPGPATH];
	const char *root = "";
	Dl_info		library;

	get_share_path(my_exec_path, share);
	if (dladdr((void *) chart_script, &library) != 0 && library.dli_fname != NULL)
	{
		char	   *folder = pstrdup(library.dli_fname);
		size_t		length;

		get_parent_directory(folder);
		length = strlen(folder);
		if (length > strlen(pkglib_path) &&
			strcmp(folder + length - strlen(pkglib_path), pkglib_path) == 0)
			root = pnstrdup(folder, length - strlen(pkglib_path));
	}
	return psprintf("%s%s/%s", root, share, SCRIPT);
}

/* chart_script(): the script, or NULL if it is not installed */
Datum
chart_script(PG_FUNCTION_ARGS)
{
	char	   *path = ScriptPath();
	struct stat status;
	FILE	   *file;
	text	   *script;

	if (stat(path, &status) != 0)
	{
		if (errno == ENOENT)
			PG_RETURN_NULL();
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not stat file \"%s\": %m", path)));
	}
	if (!S_ISREG(status.st_mode) || status.st_size > SCRIPT_MAX_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("\"%s\" is not a file of at most %d bytes", path, SCRIPT_MAX_BYTES)));

	file = AllocateFile(path, PG_BINARY_R);
	if (file == NULL)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not open file \"%s\" for reading: %m", path)));
	script = palloc(VARHDRSZ + status.st_size);
	SET_VARSIZE(script, VARHDRSZ + status.st_size);
	if (fread(VARDATA(script), 1, status.st_size, file) != (size_t) status.st_size)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read file \"%s\"", path)));
	FreeFile(file);

	/* the same text in every encoding */
	for (off_t i = 0; i < status.st_size; i++)
	{
		if (VARDATA(script)[i] == '\0' || IS_HIGHBIT_SET(VARDATA(script)[i]))
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("file \"%s\" is not as \"make charts\" made it", path)));
	}
	PG_RETURN_TEXT_P(script);
}
