using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Lowering;

/// <summary>
/// Holds a kernel to what the printer and the runtime take for granted: shapes fit, values are filled before they are read and
/// once, what belongs to one direction is not read where directions share, and what a row holds behind its end is known.
/// </summary>
internal static class Verifier
{
    /// <exception cref="InvalidOperationException">A rule is broken: a fault of the compiler.</exception>
    public static void Verify(Kernel kernel)
    {
        var filled = new HashSet<Value>(kernel.Values.Where(value => !value.IsScratch));
        var pairs = kernel.Outputs.OfType<PairOutput>().ToList();
        filled.UnionWith(pairs.SelectMany(pair => pair.Dots.Select(dot => dot.Target).Concat(pair.Sames.Select(same => same.Target))));
        filled.UnionWith(kernel.Outputs.OfType<AddDotOutput>().Select(output => output.Total));
        var read = new HashSet<Value>();
        foreach (var step in kernel.Steps)
        {
            foreach (var value in step.Reads)
            {
                read.Add(value);
                Require(filled.Contains(value), "is read before it is filled", value, step);
                Require(value.Level <= step.Target.Level, "belongs to fewer examples than what is made of it", value, step);
                Require(!value.IsRepeated || step.Target.IsRepeated, "belongs to one direction, and what is made of it to all", value, step);
            }

            if (step is ProductStep product)
            {
                Require(filled.Contains(product.Target), "is added to before it is filled", product.Target, step);
                Require(!read.Contains(product.Target), "is added to after it was read", product.Target, step);
                var (from, to) = product.IsTransposed ? (product.Matrix.Shape.Rows, product.Matrix.Shape.Length)
                    : (product.Matrix.Shape.Length, product.Matrix.Shape.Rows);
                Require(product.Rows.Shape.Length == from && product.Target.Shape.Length == to, "does not fit", product.Matrix, step);
            }
            else
            {
                Require(filled.Add(step.Target), "is filled twice", step.Target, step);
            }

            switch (step)
            {
                case CopyStep copy:
                    Require(copy.Source.Shape == copy.Target.Shape, "has another shape than what it is copied to", copy.Source, step);
                    break;
                case DotStep dot:
                    Require(dot.Left.Shape == dot.Right.Shape && dot.Target.Shape.IsNumber, "does not fit", dot.Left, step);
                    break;
                case OuterRowsStep { Term: var term } outer:
                    Require(term.Left.Shape.Length == outer.Target.Shape.Rows && term.Right.Shape.Length == outer.Target.Shape.Length
                        && (term.Matrix is null || term.Matrix.Shape == outer.Target.Shape), "does not fit", outer.Target, step);
                    break;
                case RowFunctionStep { Application: var application } function:
                    Require(function.Reads.Select(value => value.Shape).SequenceEqual(application.Arguments.Select(argument => argument.Shape))
                        && function.Target.Shape == application.Shape, "does not fit", function.Target, step);
                    break;
            }

            if (step is MapStep map)
            {
                Require(map.Reads.All(value => value.Access != Access.Gathered), "reads what is not side by side", map.Target, step);
                Require(map.Reads.All(value => value.Shape.IsNumber || value.Shape == map.Target.Shape), "has another shape than what it is made of", map.Target, step);
            }
        }

        foreach (var output in kernel.Outputs)
        {
            foreach (var value in output.Reads)
            {
                Require(filled.Contains(value), "is written before it is filled", value, output);
            }
        }

        void Require(bool holds, string what, Value value, object at)
        {
            if (!holds)
            {
                throw new InvalidOperationException(
                    $"{kernel.Sweep.Method}, pass {Formula.Invariant(kernel.Sweep.Pass)}: {value.Hint} = {value.Meaning} (value {Formula.Invariant(value.Number)}) {what}, in {at.GetType().Name}.");
            }
        }
    }
}
