using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Emission;

/// <summary>
/// What lengths and places are called in generated text, and where they come from: constants where the declaration knows them,
/// the layout otherwise.
/// </summary>
internal sealed class Sizes(ModelGraph model, Traits traits)
{
    private bool IsFixed => model.Dimensions.All(dimension => !dimension.IsOpen) && !HasTables;

    private bool HasTables => model.Blocks.Any(block => block.IsTable);

    private bool HasOpen => model.Dimensions.Any(dimension => dimension.IsOpen);

    public static string Length(Dimension dimension) => dimension.IsOpen ? dimension.Name + "Count" : Capital(dimension.Name);

    /// <summary>From row to row of vectors of a length.</summary>
    public static string Stride(Dimension dimension) => (dimension.IsOpen ? dimension.Name : Capital(dimension.Name)) + "Stride";

    /// <summary>Where a block starts in storage.</summary>
    public string Offset(int block) => (IsFixed ? "Offset" : "offset") + NameOf(block);

    /// <summary>Where a block starts in an example's packed gradient.</summary>
    public string RowOffset(int block) => (HasOpen || !traits.IsByRows && HasTables ? "rowOffset" : "RowOffset") + NameOf(block);

    /// <summary>A block's name in capitals, with its number where another's differs in case alone.</summary>
    public string NameOf(int block)
    {
        var name = Capital(model.Blocks[block].Name);
        return model.Blocks.Count(other => Capital(other.Name) == name) == 1 ? name : name + "_" + Formula.Invariant(block);
    }

    public string StorageLength => IsFixed ? "StorageLength" : "layout.StorageLength";

    public string RowLength => IsFixed || HasTables && !HasOpen && traits.IsByRows ? "RowLength" : "rowLength";

    /// <summary>Rows of a block in storage.</summary>
    public string Rows(int block) => model.Blocks[block].Height is { } height ? Length(height) : $"layout.Blocks[{Formula.Invariant(block)}].Rows";

    /// <summary>The constants of a model.</summary>
    public IEnumerable<string> Constants()
    {
        foreach (var dimension in model.Dimensions.Where(dimension => !dimension.IsOpen))
        {
            yield return $"private const int {Length(dimension)} = {Formula.Invariant(dimension.Size)};";
            yield return $"private const int {Stride(dimension)} = {Formula.Invariant(model.StrideOf(dimension))};";
        }

        if (IsFixed)
        {
            var offset = 0L;
            for (var block = 0; block < model.Blocks.Count; block++)
            {
                yield return $"private const int {Offset(block)} = {Formula.Invariant(offset)};";
                offset += StorageOf(model.Blocks[block]);
            }

            yield return $"private const int StorageLength = {Formula.Invariant(offset)};";
        }

        if (RowLength == "RowLength")
        {
            var offset = 0L;
            for (var block = 0; block < model.Blocks.Count; block++)
            {
                yield return $"private const int {RowOffset(block)} = {Formula.Invariant(offset)};";
                offset += StorageOf(model.Blocks[block]);
            }

            yield return $"private const int RowLength = {Formula.Invariant(offset)};";
        }
    }

    /// <summary>The lengths and places that a text names and that are known at run time alone.</summary>
    public IEnumerable<string> Locals(string text)
    {
        bool Names(string name) => System.Text.RegularExpressions.Regex.IsMatch(text, $@"(?<![\w.]){name}(?!\w)");

        foreach (var dimension in model.Dimensions.Where(dimension => dimension.IsOpen))
        {
            var needsStride = Names(Stride(dimension));
            if (Names(Length(dimension)) || needsStride)
            {
                yield return $"var {Length(dimension)} = {Source(dimension)};";
            }

            if (needsStride)
            {
                yield return $"var {Stride(dimension)} = Workspace<{model.Type}>.Stride({Length(dimension)});";
            }
        }

        for (var block = 0; block < model.Blocks.Count; block++)
        {
            if (!IsFixed && Names(Offset(block)))
            {
                yield return $"var {Offset(block)} = layout.Blocks[{Formula.Invariant(block)}].Offset;";
            }

            if (RowLength == "rowLength" && Names(RowOffset(block)))
            {
                yield return $"var {RowOffset(block)} = layout.GradientOffset({Formula.Invariant(block)});";
            }
        }

        if (RowLength == "rowLength" && Names("rowLength"))
        {
            yield return "var rowLength = layout.GradientRowLength;";
        }
    }

    /// <summary>Where the layout tells an open length.</summary>
    public string Source(Dimension dimension)
    {
        for (var block = 0; block < model.Blocks.Count; block++)
        {
            if (model.Blocks[block].Columns == dimension)
            {
                return $"layout.Blocks[{Formula.Invariant(block)}].Columns";
            }

            if (model.Blocks[block].Height == dimension)
            {
                return $"layout.Blocks[{Formula.Invariant(block)}].Rows";
            }
        }

        throw new System.InvalidOperationException($"No block has rows of {dimension.Name}.");
    }

    /// <summary>What a block, or of a table one row, takes in storage.</summary>
    private long StorageOf(Block block) => (block.Columns is null ? model.Line : model.StrideOf(block.Columns)) * (block.Height?.Size ?? 1);

    public static string Capital(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);
}
