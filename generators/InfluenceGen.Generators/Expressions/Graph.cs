using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Differentiation;

namespace InfluenceGen.Generators.Expressions;

/// <summary>
/// Where nodes live: what is made twice is made once (hash-consing), so that equal values are one object, sharing is
/// there from the start, and no stage compares texts. Shapes are checked here, once, for all stages.
/// </summary>
/// <remarks>A graph belongs to one compilation of one model, and to one thread at a time.</remarks>
internal sealed class Graph
{
    private readonly Dictionary<Key, Expression> _nodes = [];

    /// <summary>A node's content: its kind, what it holds beside its operands, and these.</summary>
    private readonly record struct Key(Type Kind, object? Content, EquatableArray<Expression> Operands);

    /// <summary>How many nodes there are.</summary>
    public int Count => _nodes.Count;

    public Number Number(double value, Shape shape = default) =>
        Node(new(typeof(Number), (BitConverter.DoubleToInt64Bits(value), shape), default), id => new Number(this, id, value, shape));

    public Symbol Symbol(Leaf leaf) => Node(new(typeof(Symbol), leaf, default), id => new Symbol(this, id, leaf));

    /// <summary>A value with a name, or the one it has already.</summary>
    public Named Named(string name, Expression value) => value as Named
        ?? Node(new(typeof(Named), null, new([value])), id => new Named(this, id, name, value));

    public Sum Sum(IEnumerable<Expression> terms)
    {
        var operands = new EquatableArray<Expression>(terms);
        RequireOneShape(operands, "a sum");
        return Node(new(typeof(Sum), null, operands), id => new Sum(this, id, operands));
    }

    public Product Product(IEnumerable<Expression> factors)
    {
        var operands = new EquatableArray<Expression>(factors);
        RequireOneShape(operands, "a product");
        return Node(new(typeof(Product), null, operands), id => new Product(this, id, operands));
    }

    public Scaled Scaled(Expression factor, Expression vector)
    {
        Require(factor.IsScalar && !vector.IsScalar, "a number times a vector or matrix", factor, vector);
        return Node(new(typeof(Scaled), null, new([factor, vector])), id => new Scaled(this, id, factor, vector));
    }

    public Dot Dot(Expression left, Expression right)
    {
        Require(IsVector(left) && left.Shape == right.Shape, "a dot of two vectors", left, right);
        return Node(new(typeof(Dot), null, new([left, right])), id => new Dot(this, id, left, right));
    }

    public MatrixVector MatrixVector(Expression matrix, Expression vector, bool isTransposed)
    {
        Require(matrix.Shape.IsMatrix && IsVector(vector) && vector.Length == (isTransposed ? matrix.Rows : matrix.Length),
            isTransposed ? "a transposed matrix times a vector" : "a matrix times a vector", matrix, vector);
        return Node(new(typeof(MatrixVector), isTransposed, new([matrix, vector])),
            id => new MatrixVector(this, id, matrix, vector, isTransposed));
    }

    public Outer Outer(Expression left, Expression right)
    {
        Require(IsVector(left) && IsVector(right), "a column times a row", left, right);
        return Node(new(typeof(Outer), null, new([left, right])), id => new Outer(this, id, left, right));
    }

    public Apply Apply(FunctionRule function, Expression argument) =>
        Node(new(typeof(Apply), function, new([argument])), id => new Apply(this, id, function, argument));

    public ApplyToRow ApplyToRow(RowFunctionRule function, params Expression[] arguments)
    {
        var operands = new EquatableArray<Expression>(arguments);
        RequireOneShape(operands, function.Name);
        Require(IsVector(arguments[0]), function.Name + " of vectors", arguments);
        return Node(new(typeof(ApplyToRow), function, operands), id => new ApplyToRow(this, id, function, operands));
    }

    private T Node<T>(Key key, Func<int, T> make) where T : Expression
    {
        foreach (var operand in key.Operands)
        {
            if (!ReferenceEquals(operand.Graph, this))
            {
                throw new InvalidOperationException($"{operand} is of another graph.");
            }
        }

        // Tests build graphs from several threads; a compilation has one.
        lock (_nodes)
        {
            if (!_nodes.TryGetValue(key, out var known))
            {
                _nodes[key] = known = make(_nodes.Count);
            }

            return (T)known;
        }
    }

    private static bool IsVector(Expression e) => !e.IsScalar && !e.Shape.IsMatrix;

    private static void RequireOneShape(EquatableArray<Expression> operands, string what) =>
        Require(operands.All(operand => operand.Shape == operands[0].Shape), what + " of values of one shape", [.. operands]);

    private static void Require(bool fits, string what, params Expression[] operands)
    {
        if (!fits)
        {
            throw new InvalidOperationException($"{what} cannot be made of {string.Join(", ", operands.Select(o => $"{o} ({o.Shape})"))}.");
        }
    }
}
