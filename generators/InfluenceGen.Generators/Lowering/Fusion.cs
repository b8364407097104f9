using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Lowering;

/// <summary>
/// Joins what a kernel does with the rows of its examples into one pass over them: the dots with rows that a segment's examples share, the
/// formulas of these and of numbers, what is written, and what is added up. So each example's row is read once; and where nothing is
/// left beside the pass, it goes over all segments at once. Kernels with matrices are left as they are: their time goes into products.
/// </summary>
internal sealed class Fusion
{
    // What one pass of the runtime takes (Panel.Pass).
    private const int MostDots = 2, MostNumbers = 6, MostSegmentNumbers = 4, MostStores = 2;

    private readonly Kernel _kernel;
    private readonly Dictionary<Value, Step> _filledBy = [];
    private readonly HashSet<Output> _taken = [];
    private readonly PassOutput _pass;
    private readonly Output _lead;
    private readonly Func<Symbol, Value> _leafOf;

    private Fusion(Kernel kernel, Output lead, Func<Symbol, Value> leafOf)
    {
        (_kernel, _lead, _leafOf, _pass) = (kernel, lead, leafOf, new PassOutput(lead.Result));
        foreach (var step in kernel.Steps)
        {
            _filledBy[step.Target] = step;
        }
    }

    /// <param name="kernel">The kernel.</param>
    /// <param name="leafOf">A number that the caller holds, as a value of the kernel.</param>
    public static void Fuse(Kernel kernel, Func<Symbol, Value> leafOf)
    {
        if (kernel.Sweep.IsOverPairs || kernel.Steps.Any(step => step is ProductStep))
        {
            return;
        }

        if (Lead(kernel) is { } lead)
        {
            new Fusion(kernel, lead, leafOf).Run();
        }
        else if (kernel.Steps.OfType<DotStep>().SelectMany(step => step.Reads).FirstOrDefault(IsRows) is { } rows && kernel.Outputs.Count > 0)
        {
            new Fusion(kernel, kernel.Outputs[0], leafOf).RunAlone(rows);
        }

        if (!kernel.Values.Any(value => value is { IsScratch: true, Level: Level.Example, Shape.IsNumber: false }) && kernel.Sweep.Repeats is null)
        {
            kernel.Length = Kernel.LongTileLength;
        }
    }

    /// <summary>The sum that leads: a factor of each example times a row of its own.</summary>
    private static Output? Lead(Kernel kernel) =>
        (Output?)kernel.Outputs.OfType<AddRowsOutput>().FirstOrDefault(add => add is { Result.Kind: ResultKind.Gradient, Factor: not null } && IsRows(add.Rows))
        ?? kernel.Outputs.OfType<AddDotOutput>().FirstOrDefault(add => add.Factor is not null && IsRows(add.Rows));

    private void Run()
    {
        if (_lead is AddRowsOutput add ? TakeSum(add) : TakeInner((AddDotOutput)_lead))
        {
            TakeOutputs();
            Replace();
        }
    }

    /// <summary>Dots and what is written of them, where that is all there is.</summary>
    private void RunAlone(Value rows)
    {
        _pass.Rows.Add(rows);
        TakeOutputs();
        if (_kernel.Sweep.Repeats is null && _taken.Count == _kernel.Outputs.Count && _pass.Dots.Count > 0
            && _pass.Numbers.All(number => !number.IsScratch) && _pass.SegmentNumbers.All(number => !number.IsScratch || number.Level == Level.Sweep))
        {
            Replace();
        }
    }

    private void TakeOutputs()
    {
        foreach (var output in _kernel.Outputs)
        {
            if (!_taken.Contains(output) && TryOutput(output))
            {
                _taken.Add(output);
            }

            if (output.Result.Kind == ResultKind.Segment && _taken.Contains(output))
            {
                _pass.SegmentResult = output.Result;
            }
        }
    }

    private void Replace()
    {
        var place = _kernel.Outputs.IndexOf(_lead);
        _kernel.Outputs.Insert(place, _pass);
        _kernel.Outputs.RemoveAll(_taken.Contains);
        RemoveUnused();
        _pass.IsWhole = _kernel.Outputs.Count == 1 && _kernel.Sweep.Repeats is null && _kernel.Steps.All(step => step.Target.Level == Level.Sweep);
    }

    private bool TakeSum(AddRowsOutput add)
    {
        _pass.Rows.Add(add.Rows);
        if (!Take(() => TryTake(add.Factor!)))
        {
            return false;
        }

        (_pass.Factor, _pass.Sum) = (add.Factor, add);
        _taken.Add(add);
        return true;
    }

    /// <summary>Rows that are added up for their product with a shared row alone: they stand beside those whose dots with them are wanted.</summary>
    private bool TakeInner(AddDotOutput add)
    {
        var partner = _kernel.Outputs.OfType<AddDotsOutput>().Select(dots => dots.Left == add.Rows ? dots.Right : dots.Right == add.Rows ? dots.Left : null)
            .FirstOrDefault(rows => rows is not null && IsRows(rows) && AreInOneOrder(rows, add.Rows));
        _pass.Rows.Add(partner ?? add.Rows);
        _pass.Rows.Add(add.Rows);
        return TryInner(add) && _taken.Add(add);
    }

    private bool TryOutput(Output output)
    {
        switch (output)
        {
            case WriteOutput { Result.Kind: ResultKind.Example, Value.Shape.IsNumber: true } write:
                if (_pass.Stores.Count == MostStores || write.IsRepeated != _lead.IsRepeated || !Take(() => TryTake(write.Value)))
                {
                    return false;
                }

                _pass.Stores.Add(write);
                return true;

            case AddRowsOutput add when _pass.Sum is not null && add.Factor == _pass.Factor && TryOthers(add.Rows):
                _pass.OtherSum = add;
                return true;

            case AddDotOutput add when _pass.Inner is null && add.Factor == _pass.Factor:
                return TryInner(add);

            case AddSharedRowOutput add when _pass.Sum?.Result.Block == add.Result.Block:
                return Take(() => TryWith(add.Row) && TryTerm(_pass.Decay, add.Factor, add.Multiple));

            case AddDotsOutput add when IsRows(add.Left) && IsRows(add.Right):
                return Take(() => TryBoth(add.Left, add.Right) && TryTerm(_pass.Cross, add.Factor, add.Multiple));

            case AddNumberOutput { Result.Kind: ResultKind.Segment } add:
                return Take(() => TryTerm(_pass.SegmentTotal, add.Numbers, add.Multiple));

            case AddNumberOutput add when (_pass.TotalResult ?? add.Result) == add.Result && Take(() => TryTerm(_pass.Total, add.Numbers, add.Multiple)):
                _pass.TotalResult = add.Result;
                return true;

            default:
                return false;
        }
    }

    /// <summary>Rows beside the first ones, of the same length.</summary>
    private bool TryOthers(Value rows)
    {
        if (_pass.Rows.Count > 1 || rows == _pass.Rows[0] || !IsRows(rows) || !AreInOneOrder(rows, _pass.Rows[0]) || rows.Shape != _pass.Rows[0].Shape)
        {
            return false;
        }

        _pass.Rows.Add(rows);
        return true;
    }

    private bool TryInner(AddDotOutput add)
    {
        var isSimple = add.Multiple is null || add.Multiple.Product is { } product
            && Algebra.FactorsOf(product).All(factor => factor is Number or Symbol { Role: Role.Mask });
        return isSimple && Take(() =>
        {
            if (!(_pass.Rows.Count == 2 ? _pass.Rows[1] == add.Rows && _pass.OtherSum is null : TryOthers(add.Rows))
                || !TryWith(add.Shared) || !TryTake(add.Factor!))
            {
                return false;
            }

            (_pass.Factor, _pass.Inner) = (add.Factor, add);
            return true;
        });
    }

    /// <summary>The dots of both rows.</summary>
    private bool TryBoth(Value left, Value right) => left == _pass.Rows[0] ? _pass.Rows.Count == 2 ? right == _pass.Rows[1] : TryOthers(right)
        : right == _pass.Rows[0] && (_pass.Rows.Count == 2 ? left == _pass.Rows[1] : TryOthers(left));

    /// <summary>The shared row that the product with a sum, and decay, are of.</summary>
    private bool TryWith(Value row)
    {
        if (_pass.Dots.Count > 0)
        {
            return _pass.Dots[0].With == row;
        }

        _pass.Dots.Add((null, row));
        return row.Shape == _pass.Rows[0].Shape;
    }

    private bool TryTerm(List<PassTerm> terms, Value? number, SharedNumber? multiple)
    {
        if (number is not null && !TryTake(number)
            || multiple?.Kept is { } kept && !TryTake(kept)
            || multiple?.Product is { } product && !Algebra.FactorsOf(product).OfType<Symbol>().All(symbol => TryNumber(_leafOf(symbol))))
        {
            return false;
        }

        terms.Add(new(number, multiple));
        return true;
    }

    /// <summary>Rows that lie in the caller's memory, one for each example.</summary>
    private static bool IsRows(Value value) => value is { IsScratch: false, Level: Level.Example, Shape: { IsNumber: false, IsMatrix: false } };

    private static bool AreInOneOrder(Value a, Value b) => a.Access == b.Access && a.Leaf!.Column == b.Leaf!.Column;

    /// <summary>Takes all that something is computed from into the pass; nothing where it does not fit.</summary>
    private bool Take(Func<bool> take)
    {
        var lists = new Action[]
        {
            Back(_pass.Rows), Back(_pass.Dots), Back(_pass.Numbers), Back(_pass.SegmentNumbers), Back(_pass.Formulas),
        };
        if (take())
        {
            return true;
        }

        foreach (var back in lists)
        {
            back();
        }

        return false;

        static Action Back<T>(List<T> list)
        {
            var before = list.ToList();
            return () =>
            {
                list.Clear();
                list.AddRange(before);
            };
        }
    }

    private bool TryTake(Value value)
    {
        if (_pass.Dots.Any(dot => dot.Dot == value) || _pass.Numbers.Contains(value) || _pass.Formulas.Any(step => step.Target == value))
        {
            return true;
        }

        if (value.Level != Level.Sweep && value.IsRepeated == (_kernel.Sweep.Repeats is not null) && _filledBy.TryGetValue(value, out var step))
        {
            switch (step)
            {
                case MapStep { Target.Shape.IsNumber: true } map when map.Reads.All(read => read.Shape.IsNumber) && map.Reads.All(TryTake):
                    _pass.Formulas.Add(map);
                    return true;
                case CopyStep { Target.Shape.IsNumber: true, Source: { IsScratch: false } source }:
                    return TryNumber(source);
                case DotStep dot when With(dot) is { } with && TryDot(value, with):
                    return true;
            }
        }

        return TryNumber(value);
    }

    private bool TryDot(Value dot, Value with)
    {
        var given = _pass.Dots.FindIndex(known => known.Dot is null && known.With == with);
        if (given >= 0)
        {
            _pass.Dots[given] = (dot, with);
            return true;
        }

        if (_pass.Dots.Count == MostDots)
        {
            return false;
        }

        _pass.Dots.Add((dot, with));
        return true;
    }

    private bool TryNumber(Value value)
    {
        if (!value.Shape.IsNumber)
        {
            return false;
        }

        var (list, most) = value.Level == Level.Example ? (_pass.Numbers, MostNumbers) : (_pass.SegmentNumbers, MostSegmentNumbers);
        if (list.Contains(value))
        {
            return true;
        }

        if (list.Count == most)
        {
            return false;
        }

        list.Add(value);
        return true;
    }

    /// <summary>The row that all examples share in a dot with the leading rows.</summary>
    private Value? With(DotStep dot) =>
        dot.Left == _pass.Rows[0] && dot.Right.Level != Level.Example ? dot.Right
        : dot.Right == _pass.Rows[0] && dot.Left.Level != Level.Example ? dot.Left
        : null;

    /// <summary>Steps that nothing reads any more.</summary>
    private void RemoveUnused()
    {
        for (var i = _kernel.Steps.Count - 1; i >= 0; i--)
        {
            var target = _kernel.Steps[i].Target;
            if (!_kernel.Steps.Skip(i + 1).Any(step => step.Reads.Contains(target) || (step.Target == target && step is ProductStep))
                && !_kernel.Outputs.Any(output => output.Reads.Contains(target)))
            {
                _kernel.Steps.RemoveAt(i);
                if (!_kernel.Steps.Any(step => step.Target == target))
                {
                    _kernel.Values.Remove(target);
                }
            }
        }

        _kernel.Values.RemoveAll(value => !value.IsScratch && !_kernel.Steps.Any(step => step.Reads.Contains(value))
            && !_kernel.Outputs.Any(output => output.Reads.Contains(value)));
    }
}
