/*
 * template.c
 *		Statements in which names stand for words.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "standing/template.h"
#include "utils/builtins.h"

/*
 * FillTemplate
 *		Put names in for the words that an @ stands before; @@ is an @.
 */
text *
FillTemplate(const char *template, AppendWord append, const void *arg)
{
	StringInfoData statement;

	initStringInfo(&statement);
	for (;;)
	{
		const char *at = strchr(template, '@');
		size_t		n;

		CHECK_FOR_INTERRUPTS();
		if (at == NULL)
			break;
		appendBinaryStringInfo(&statement, template, at - template);
		n = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_");
		if (n > 0)
			append(&statement, pnstrdup(at + 1, n), arg);
		else
		{
			appendStringInfoChar(&statement, '@');
			n = at[1] == '@' ? 1 : 0;
		}
		template = at + 1 + n;
	}
	appendStringInfoString(&statement, template);
	return cstring_to_text_with_len(statement.data, statement.len);
}

/*
 * AppendPart
 *		A relation, for a word; its OID, if that begins with oid_.
 */
void
AppendPart(StringInfo statement, const char *schema, const char *name, const char *word)
{
	const char *qualified = quote_qualified_identifier(schema, name);

	if (strncmp(word, "oid_", 4) == 0)
		appendStringInfo(statement, "%s::regclass", quote_literal_cstr(qualified));
	else
		appendStringInfoString(statement, qualified);
}
