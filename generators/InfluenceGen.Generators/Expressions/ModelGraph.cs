using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Differentiation;

namespace InfluenceGen.Generators.Expressions;

/// <summary>A block of parameters.</summary>
/// <param name="Name">Its name in formulas; the symbol of a table is one of its rows, in lower case.</param>
/// <param name="Columns">Length of a row; null where the block is one scalar.</param>
/// <param name="Height">Rows of a matrix; null for a vector, a scalar and a table.</param>
/// <param name="RowIndex">The index column that picks a table's row; −1 where every example reads the whole block.</param>
/// <param name="L2">λ of the objective's penalty (λ/2)|block|²; an example's own penalty is part of its loss instead.</param>
/// <param name="IsOwned">Whether a row is touched by one individual's examples only.</param>
/// <param name="IsBias">Whether it is a layer's bias, which penalties spare unless asked.</param>
internal sealed record Block(string Name, Dimension? Columns, Dimension? Height, int RowIndex, bool IsOwned, double L2 = 0,
    bool IsBias = false)
{
    public bool IsTable => RowIndex >= 0;
}

/// <summary>
/// A model: its parameter blocks, the output s of one example as an expression of them, and the loss of one example,
/// ℓ = loss(s, y) + penalty. This is all that a declaration contributes; every sweep follows by differentiation.
/// </summary>
internal sealed class ModelGraph(IReadOnlyList<Block> blocks, IReadOnlyList<Dimension> dimensions, Expression output,
    LossRule loss, Symbol label, Expression penalty, int lastLayer = -1)
{
    public IReadOnlyList<Block> Blocks { get; } = blocks;

    /// <summary>The lengths of vectors, in the order in which open ones are asked for.</summary>
    public IReadOnlyList<Dimension> Dimensions { get; } = dimensions;

    /// <summary>s.</summary>
    public Named Output { get; } = new("s", output);

    public LossRule Loss { get; } = loss;

    /// <summary>The C# type of numbers.</summary>
    public string Type { get; init; } = "double";

    /// <summary>Numbers on a 64-byte line.</summary>
    public int Line => Type == "float" ? 16 : 8;

    /// <summary>From row to row of vectors of a known length.</summary>
    public int StrideOf(Dimension dimension) => (dimension.Size + Line - 1) / Line * Line;

    /// <summary>y, of the shape of s.</summary>
    public Symbol Label { get; } = label;

    /// <summary>Whether there are matrices, so that sweeps are products of blocks of examples.</summary>
    public bool HasMatrices => Blocks.Any(block => block.Height is not null);

    /// <summary>The block of weights that makes the outputs from the last layer's features; −1 where no single one does.</summary>
    public int LastLayer { get; } = lastLayer;

    /// <summary>The example's own share of the L2 penalty; zero for most models.</summary>
    public Expression Penalty { get; } = penalty;

    /// <summary>Index columns: 0 for a model of features, one for each embedding table otherwise.</summary>
    public int Tables => Blocks.Count(block => block.IsTable);

    /// <summary>Passes of a gradient sum.</summary>
    public int Passes => Tables == 0 ? 1 : Tables;

    public bool OwnsRows => Blocks.Any(block => block.IsOwned);

    public Symbol Parameter(int block) => SymbolOf(block, Role.Parameter, "");

    public Symbol Direction(int block) => SymbolOf(block, Role.Direction, "v");

    public Symbol Other(int block) => SymbolOf(block, Role.Other, "u");

    public Symbol Mask(int block) => new("[" + Blocks[block].Name + "]", Role.Mask, block, null);

    private Symbol SymbolOf(int block, Role role, string prefix)
    {
        var name = Blocks[block].IsTable ? Blocks[block].Name.ToLowerInvariant() : Blocks[block].Name;
        return new Symbol(prefix.Length == 0 ? name : prefix + name, role, block, Blocks[block].Columns, Height: Blocks[block].Height);
    }
}
