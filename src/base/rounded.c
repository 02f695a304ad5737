/*
 * rounded.c
 *		Numbers as a report prints them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "common/shortest_dec.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

/*
 * rounded(value, digits)
 *
 * What is rounded is the shortest decimal that reads as the value, which is what
 * a reader sees of it: 1.005 to two digits is 1.01, although the double is a
 * little less than that.
 */
PG_FUNCTION_INFO_V1(rounded);
Datum
rounded(PG_FUNCTION_ARGS)
{
	int32		digits = ArgumentInt32(fcinfo, 1, "digits");
	char		decimal[DOUBLE_SHORTEST_DECIMAL_LEN];
	Datum		value;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	double_to_shortest_decimal_buf(ArgumentDouble(fcinfo, 0, "value"), decimal);
	value = DirectFunctionCall3(numeric_in, CStringGetDatum(decimal),
								ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	return DirectFunctionCall2(numeric_round, value, Int32GetDatum(digits));
}
