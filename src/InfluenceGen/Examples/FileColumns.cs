
namespace InfluenceGen.Examples;

/// <summary>Which columns of a comma-separated file a set was read from.</summary>
/// <param name="Labels">The columns to be predicted.</param>
/// <param name="Individual">The column that names the individual; null where none does.</param>
/// <param name="Features">The feature columns; null where they are all the others.</param>
/// <param name="Domain">What labels may be.</param>
/// <param name="Weight">The column of the weights; null where there is none.</param>
/// <param name="Offset">The column of the offsets; null where there is none.</param>
internal sealed record FileColumns(IReadOnlyList<CsvColumn> Labels, string? Individual, IReadOnlyList<CsvColumn>? Features, LabelDomain Domain,
    string? Weight, string? Offset);
