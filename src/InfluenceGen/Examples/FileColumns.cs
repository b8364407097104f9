using InfluenceGen.Models;

namespace InfluenceGen.Examples;

/// <summary>Which columns of a comma-separated file a set was read from.</summary>
/// <param name="Labels">The columns to be predicted.</param>
/// <param name="Individual">The column that names the individual; null where none does.</param>
/// <param name="Features">The feature columns; null where they are all the others.</param>
/// <param name="Domain">What labels may be.</param>
internal sealed record FileColumns(IReadOnlyList<CsvColumn> Labels, string? Individual, IReadOnlyList<CsvColumn>? Features, LabelDomain Domain);
