using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Lowering;

/// <summary>
/// Joins what a kernel does with the rows of its examples into one pass over them: the dots with rows that all share, the formulas of
/// these and of numbers, what is written, and what is added up. So each example's row is read once. Kernels with matrices are left as
/// they are: their time goes into products.
/// </summary>
internal sealed class Fusion
{
    // What one pass of the runtime takes (Panel.Pass).
    private const int MostRows = 2, MostDots = 2, MostNumbers = 4, MostStores = 2, MostFactors = 2;

    private readonly Kernel _kernel;
    private readonly Dictionary<Value, Step> _filledBy = [];
    private readonly List<Value> _rows = [];
    private readonly List<(Value Dot, Value With)> _dots = [];
    private readonly List<Value> _numbers = [];
    private readonly List<MapStep> _formulas = [];
    private readonly List<Value> _factors = [];

    private Fusion(Kernel kernel)
    {
        _kernel = kernel;
        foreach (var step in kernel.Steps)
        {
            _filledBy[step.Target] = step;
        }
    }

    public static void Fuse(Kernel kernel)
    {
        if (kernel.Sweep.IsOverPairs || kernel.Steps.Any(step => step is ProductStep))
        {
            return;
        }

        new Fusion(kernel).Run();
        if (!kernel.Values.Any(value => value is { IsScratch: true, Level: Level.Example, Shape.IsNumber: false }) && kernel.Sweep.Repeats is null)
        {
            kernel.Length = Kernel.LongTileLength;
        }
    }

    private void Run()
    {
        // The sum that leads: a factor of each example times a row of its own.
        var sums = _kernel.Outputs.Where(output => Sum(output) is { Factor: not null } sum && IsRows(sum.Rows)).ToList();
        if (sums.Count == 0)
        {
            return;
        }

        var lead = sums.OrderByDescending(output => output is AddRowsOutput).First();
        var (factor, rows) = Sum(lead)!.Value;
        _rows.Add(rows);
        if (!Take(factor!))
        {
            return;
        }

        _factors.Add(factor!);
        var taken = new List<Output> { lead };
        var sumsOf = new List<Output?> { lead };
        foreach (var output in sums.Where(output => output != lead))
        {
            if (_rows.Count < MostRows && Sum(output) is { } other && other.Factor == factor && !_rows.Contains(other.Rows))
            {
                _rows.Add(other.Rows);
                sumsOf.Add(output);
                taken.Add(output);
            }
        }

        var totals = new List<AddNumberOutput?> { null };
        var stores = new List<WriteOutput>();
        foreach (var output in _kernel.Outputs)
        {
            switch (output)
            {
                case WriteOutput { Result.Kind: ResultKind.Example, Value.Shape.IsNumber: true } write
                    when stores.Count < MostStores && write.IsRepeated == lead.IsRepeated && Take(write.Value):
                    stores.Add(write);
                    taken.Add(write);
                    break;
                case AddNumberOutput { Result.Kind: ResultKind.Gradient, Multiple: null } add when add.Numbers == factor && totals[0] is null:
                    totals[0] = add;
                    taken.Add(add);
                    break;
            }
        }

        foreach (var add in _kernel.Outputs.OfType<AddNumberOutput>().Where(add => add is { Result.Kind: ResultKind.Gradient, Multiple: null } && !taken.Contains(add)))
        {
            if (_factors.Count < MostFactors && add.Numbers.Level == Level.Example && Take(add.Numbers))
            {
                _factors.Add(add.Numbers);
                totals.Add(add);
                taken.Add(add);
            }
        }

        var pass = new PassOutput(_rows, _dots, _numbers, _formulas, stores, _factors, sumsOf, totals, lead.Result);
        var place = _kernel.Outputs.IndexOf(lead);
        _kernel.Outputs.Insert(place, pass);
        _kernel.Outputs.RemoveAll(taken.Contains);
        RemoveUnused();
    }

    private static (Value? Factor, Value Rows)? Sum(Output output) => output switch
    {
        AddRowsOutput { Result.Kind: ResultKind.Gradient } add => (add.Factor, add.Rows),
        AddDotOutput add => (add.Factor, add.Rows),
        _ => null,
    };

    /// <summary>Rows that lie in the caller's memory, one for each example.</summary>
    private static bool IsRows(Value value) => value is { IsScratch: false, Level: Level.Example, Shape: { IsNumber: false, IsMatrix: false } };

    /// <summary>Takes all that a number is computed from into the pass; nothing where it does not fit.</summary>
    private bool Take(Value value)
    {
        var (dots, numbers, formulas) = (_dots.Count, _numbers.Count, _formulas.Count);
        if (TryTake(value))
        {
            return true;
        }

        _dots.RemoveRange(dots, _dots.Count - dots);
        _numbers.RemoveRange(numbers, _numbers.Count - numbers);
        _formulas.RemoveRange(formulas, _formulas.Count - formulas);
        return false;
    }

    private bool TryTake(Value value)
    {
        if (_dots.Any(dot => dot.Dot == value) || _numbers.Contains(value) || _formulas.Any(step => step.Target == value))
        {
            return true;
        }

        if (value.Level == Level.Example && value.IsRepeated == (_kernel.Sweep.Repeats is not null) && _filledBy.TryGetValue(value, out var step))
        {
            switch (step)
            {
                case MapStep { Target.Shape.IsNumber: true } map when map.Reads.All(read => read.Shape.IsNumber) && map.Reads.All(TryTake):
                    _formulas.Add(map);
                    return true;
                case CopyStep { Target.Shape.IsNumber: true, Source: { IsScratch: false } source }:
                    return TryNumber(source);
                case DotStep dot when _dots.Count < MostDots && With(dot) is { } with:
                    _dots.Add((value, with));
                    return true;
            }
        }

        return TryNumber(value);
    }

    private bool TryNumber(Value value)
    {
        if (!value.Shape.IsNumber || _numbers.Count >= MostNumbers && !_numbers.Contains(value))
        {
            return false;
        }

        if (!_numbers.Contains(value))
        {
            _numbers.Add(value);
        }

        return true;
    }

    /// <summary>The row that all examples share in a dot with the leading rows.</summary>
    private Value? With(DotStep dot) =>
        dot.Left == _rows[0] && dot.Right.Level != Level.Example ? dot.Right
        : dot.Right == _rows[0] && dot.Left.Level != Level.Example ? dot.Left
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
