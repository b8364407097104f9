using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Differentiation;

namespace InfluenceGen.Generators.Expressions;

/// <summary>The length of a vector: known when the model is compiled, or open until run time (<c>Size</c> 0).</summary>
internal sealed record Dimension(string Name, int Size)
{
    public bool IsOpen => Size == 0;
}

/// <summary>What a symbol stands for, and so where its value is found.</summary>
internal enum Role
{
    /// <summary>A parameter block, or the one row of it that an example touches.</summary>
    Parameter,

    /// <summary>The matching block or row of a direction in parameter space.</summary>
    Direction,

    /// <summary>The matching block or row of a second direction.</summary>
    Other,

    /// <summary>1 where a block is among those that are differentiated, else 0.</summary>
    Mask,

    /// <summary>An example's feature vector.</summary>
    Feature,

    /// <summary>An example's label.</summary>
    Label,

    /// <summary>The share of a row's penalty that an example carries.</summary>
    Share,

    /// <summary>An example's coefficient in a sum.</summary>
    Coefficient,

    /// <summary>The loss's derivative in the output, as an earlier sweep stored it.</summary>
    OutputGradient,

    /// <summary>1 for one of the outputs, 0 for the others.</summary>
    Basis,

    /// <summary>What an example's output is multiplied by, where Jacobians are added up.</summary>
    Cotangent,
}

/// <summary>Which example of a pair a symbol belongs to; everything but a Gram has only the right one.</summary>
internal enum Side
{
    Right,
    Left,
}

/// <summary>
/// A typed expression: a scalar, a vector or a matrix. Expressions are immutable and equal by structure; build them with
/// <see cref="Simplification.Algebra"/>, which keeps them simple.
/// </summary>
internal abstract record Expression
{
    /// <summary>The vector's length, or of a matrix the length of a row; null for a scalar.</summary>
    public abstract Dimension? Length { get; }

    /// <summary>A matrix's rows; null for all else.</summary>
    public virtual Dimension? Rows => null;

    public bool IsScalar => Length is null;

    /// <summary>What it is directly made of.</summary>
    public IEnumerable<Expression> Operands => this switch
    {
        Named named => [named.Value],
        Sum sum => sum.Terms,
        Product product => product.Factors,
        Scaled scaled => [scaled.Factor, scaled.Vector],
        Dot dot => [dot.Left, dot.Right],
        MatrixVector product => [product.Matrix, product.Vector],
        Outer outer => [outer.Left, outer.Right],
        Apply apply => [apply.Argument],
        ApplyToRow apply => apply.Arguments,
        _ => [],
    };
}

/// <summary>A constant, or a vector that holds it everywhere.</summary>
internal sealed record Number(double Value, Dimension? Extent = null) : Expression
{
    public override Dimension? Length => Extent;
}

/// <summary>A leaf.</summary>
/// <param name="Name">Its name in formulas.</param>
/// <param name="Role">What it stands for.</param>
/// <param name="Slot">The block's number for parameters and directions, the index column for shares, else 0.</param>
/// <param name="Extent">The vector's length; null for a scalar.</param>
/// <param name="Side">Which example of a pair.</param>
/// <param name="Height">A matrix's rows.</param>
internal sealed record Symbol(string Name, Role Role, int Slot, Dimension? Extent, Side Side = Side.Right,
    Dimension? Height = null) : Expression
{
    public override Dimension? Length => Extent;

    public override Dimension? Rows => Height;

    /// <summary>Whether its value lies in the layout of parameters.</summary>
    public bool IsLaidOut => Role is Role.Parameter or Role.Direction or Role.Other;
}

/// <summary>A value with a name of its own: computed once, kept in one variable, never taken apart by simplification.</summary>
internal sealed record Named(string Name, Expression Value) : Expression
{
    // The name alone tells most apart; a value that is the same object need not be walked through.
    public bool Equals(Named? other) => other is not null && Name == other.Name
        && (ReferenceEquals(Value, other.Value) || Value.Equals(other.Value));

    public override int GetHashCode() => System.StringComparer.Ordinal.GetHashCode(Name);

    public override Dimension? Length => Value.Length;

    public override Dimension? Rows => Value.Rows;
}

/// <summary>A sum of values of one shape.</summary>
internal sealed record Sum(EquatableArray<Expression> Terms) : Expression
{
    public override Dimension? Length => Terms[0].Length;

    public override Dimension? Rows => Terms[0].Rows;
}

/// <summary>A product of scalars, or of vectors element by element.</summary>
internal sealed record Product(EquatableArray<Expression> Factors) : Expression
{
    public override Dimension? Length => Factors[0].Length;
}

/// <summary>A scalar times a vector or matrix.</summary>
internal sealed record Scaled(Expression Factor, Expression Vector) : Expression
{
    public override Dimension? Length => Vector.Length;

    public override Dimension? Rows => Vector.Rows;
}

/// <summary>The dot product of two vectors of one length.</summary>
internal sealed record Dot(Expression Left, Expression Right) : Expression
{
    public override Dimension? Length => null;
}

/// <summary>The product of a matrix, or of its transpose, and a vector.</summary>
internal sealed record MatrixVector(Expression Matrix, Expression Vector, bool IsTransposed) : Expression
{
    public override Dimension? Length => IsTransposed ? Matrix.Length : Matrix.Rows;
}

/// <summary>The outer product: a column times a row.</summary>
internal sealed record Outer(Expression Left, Expression Right) : Expression
{
    public override Dimension? Length => Right.Length;

    public override Dimension? Rows => Left.Length;
}

/// <summary>An elementary function of a scalar, or of each element of a vector.</summary>
internal sealed record Apply(FunctionRule Function, Expression Argument) : Expression
{
    public override Dimension? Length => Argument.Length;
}

/// <summary>A function of whole vectors of one length.</summary>
internal sealed record ApplyToRow(RowFunctionRule Function, EquatableArray<Expression> Arguments) : Expression
{
    public override Dimension? Length => Function.IsScalar ? null : Arguments[0].Length;
}
