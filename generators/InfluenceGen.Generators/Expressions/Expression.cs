using System.Collections.Generic;
using InfluenceGen.Generators.Differentiation;

namespace InfluenceGen.Generators.Expressions;

/// <summary>What a symbol stands for, and so where its value is found.</summary>
internal enum Role
{
    /// <summary>A parameter block, or the one row of a table that an example names.</summary>
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

    /// <summary>An example's weight in the objective.</summary>
    Weight,

    /// <summary>What is added to an example's output.</summary>
    Offset,

    /// <summary>The share of a row's penalty that an example carries.</summary>
    Share,

    /// <summary>1 where two index columns of an example, or of a pair, name the same row, else 0.</summary>
    SameRow,

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
/// A node of a graph: a number, a vector or a matrix. Nodes are made by their <see cref="Graph"/>, which gives one node
/// for one content: equal values are the same object, and each has a number greater than those of its operands. Build
/// expressions with <see cref="Simplification.Algebra"/>, which keeps them in normal form.
/// </summary>
internal abstract class Expression(Graph graph, int id, Shape shape, EquatableArray<Expression> operands)
{
    public Graph Graph { get; } = graph;

    /// <summary>The node's number in its graph; operands have smaller ones.</summary>
    public int Id { get; } = id;

    public Shape Shape { get; } = shape;

    /// <summary>What it is directly made of.</summary>
    public EquatableArray<Expression> Operands { get; } = operands;

    /// <summary>The vector's length, or of a matrix the length of a row; null for a number.</summary>
    public Dimension? Length => Shape.Length;

    /// <summary>A matrix's rows; null for all else.</summary>
    public Dimension? Rows => Shape.Rows;

    public bool IsScalar => Shape.IsNumber;

    /// <summary>The node without its name.</summary>
    public virtual Expression Bare => this;

    /// <summary>The node in terms of its operands: graphs can be far larger than what a message should hold.</summary>
    public override string ToString() => Formula.Of(this, part => part is Number or Symbol or Named ? null : "#" + Formula.Invariant(part.Id));
}

/// <summary>A constant, or a vector or matrix that holds it everywhere.</summary>
internal sealed class Number(Graph graph, int id, double value, Shape shape) : Expression(graph, id, shape, default)
{
    public double Value { get; } = value;
}

/// <summary>The content of a leaf.</summary>
/// <param name="Name">Its name in formulas.</param>
/// <param name="Role">What it stands for.</param>
/// <param name="Slot">The block's number for parameters and directions, the index column for shares, else 0.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Column">Of a table's row the index column that picks it; of <see cref="Role.SameRow"/> the other column; else −1.</param>
/// <param name="Side">Which example of a pair.</param>
internal sealed record Leaf(string Name, Role Role, int Slot, Shape Shape, int Column = -1, Side Side = Side.Right);

/// <summary>A leaf.</summary>
internal sealed class Symbol(Graph graph, int id, Leaf leaf) : Expression(graph, id, leaf.Shape, default)
{
    public Leaf Leaf { get; } = leaf;

    public string Name => Leaf.Name;

    public Role Role => Leaf.Role;

    public int Slot => Leaf.Slot;

    public int Column => Leaf.Column;

    public Side Side => Leaf.Side;

    /// <summary>Whether its value lies in the layout of parameters.</summary>
    public bool IsLaidOut => Role is Role.Parameter or Role.Direction or Role.Other;
}

/// <summary>A value that is computed once, kept, and never taken apart by simplification. Its name is for readers.</summary>
internal sealed class Named(Graph graph, int id, string name, Expression value) : Expression(graph, id, value.Shape, new([value]))
{
    public string Name { get; } = name;

    public Expression Value => Operands[0];

    public override Expression Bare => Value;
}

/// <summary>A sum of values of one shape.</summary>
internal sealed class Sum(Graph graph, int id, EquatableArray<Expression> terms) : Expression(graph, id, terms[0].Shape, terms)
{
    public EquatableArray<Expression> Terms => Operands;
}

/// <summary>A product of numbers, or of vectors or matrices element by element.</summary>
internal sealed class Product(Graph graph, int id, EquatableArray<Expression> factors) : Expression(graph, id, factors[0].Shape, factors)
{
    public EquatableArray<Expression> Factors => Operands;
}

/// <summary>A number times a vector or matrix.</summary>
internal sealed class Scaled(Graph graph, int id, Expression factor, Expression vector)
    : Expression(graph, id, vector.Shape, new([factor, vector]))
{
    public Expression Factor => Operands[0];

    public Expression Vector => Operands[1];
}

/// <summary>The dot product of two vectors of one length.</summary>
internal sealed class Dot(Graph graph, int id, Expression left, Expression right)
    : Expression(graph, id, Shape.Number, new([left, right]))
{
    public Expression Left => Operands[0];

    public Expression Right => Operands[1];
}

/// <summary>The product of a matrix, or of its transpose, and a vector.</summary>
internal sealed class MatrixVector(Graph graph, int id, Expression matrix, Expression vector, bool isTransposed)
    : Expression(graph, id, new(isTransposed ? matrix.Length : matrix.Rows), new([matrix, vector]))
{
    public Expression Matrix => Operands[0];

    public Expression Vector => Operands[1];

    public bool IsTransposed { get; } = isTransposed;
}

/// <summary>The outer product: a column times a row.</summary>
internal sealed class Outer(Graph graph, int id, Expression left, Expression right)
    : Expression(graph, id, new(right.Length, left.Length), new([left, right]))
{
    public Expression Left => Operands[0];

    public Expression Right => Operands[1];
}

/// <summary>An elementary function of a number, or of each element.</summary>
internal sealed class Apply(Graph graph, int id, FunctionRule function, Expression argument)
    : Expression(graph, id, argument.Shape, new([argument]))
{
    public FunctionRule Function { get; } = function;

    public Expression Argument => Operands[0];
}

/// <summary>A function of whole vectors of one length.</summary>
internal sealed class ApplyToRow(Graph graph, int id, RowFunctionRule function, EquatableArray<Expression> arguments)
    : Expression(graph, id, function.IsScalar ? Shape.Number : arguments[0].Shape, arguments)
{
    public RowFunctionRule Function { get; } = function;

    public EquatableArray<Expression> Arguments => Operands;
}
