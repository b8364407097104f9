using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Emission;

// What is written for a tile, and what is added up.
internal sealed partial class KernelPrinter
{
    /// <summary>Sums start at zero where a segment does; rows of left-out blocks are zero.</summary>
    private void Clear()
    {
        var sums = Sweep.Results.Where(result => result.Kind == ResultKind.Gradient).ToList();
        var targets = _kernel.Outputs.SelectMany(output => output.Results)
            .Where(result => result.Kind == ResultKind.Gradient).Select(result => result.Block).Distinct().ToList();
        if (sums.Count > 0)
        {
            _out.Block("if (tile.IsFirst)", () =>
            {
                if (!IsPassOfRows)
                {
                    _out.Line($"sums.Slice({SumStart()}, {SumLength}).Clear();");
                }

                foreach (var result in sums.Where(_ => IsPassOfRows))
                {
                    var columns = _model.Blocks[result.Block].Columns;
                    _out.Line(columns is null ? $"sums[{SumAt(result.Block)}] = 0;" : $"sums.Slice({SumAt(result.Block)}, {Sizes.Stride(columns)}).Clear();");
                }
            });
            foreach (var block in targets.Where(block => _model.Blocks[block] is { Columns: not null } && !IsSummedWhole(block)))
            {
                var (columns, at) = (Sizes.Length(_model.Blocks[block].Columns!), SumAt(block));
                _out.Line(_model.Blocks[block].Height is { } height
                    ? $"var {SumName(block)} = Panel.Rows<{_type}>(sums[({at})..], 0, {Sizes.Length(height)}, {columns});"
                    : $"var {SumName(block)} = Panel.Row<{_type}>(sums, {at}, {columns});");
            }
        }

        if (Sweep.Results.Any(result => result.Kind == ResultKind.Segment))
        {
            _out.Block("if (tile.IsFirst)", () => _out.Line("flows[tile.Target] = 0;"));
        }

        if (Sweep.Results.Any(result => result is { Kind: ResultKind.ExampleRow, Block: >= 0 })
            && (_model.Blocks.Count > 1 || Sweep.Results.Any(result => IsSummedWhole(result.Block))))
        {
            var clear = $"rows.Slice(tile.Start * {_sizes.RowLength}, tile.Count * {_sizes.RowLength}).Clear();";
            if (Sweep.Results.Any(result => IsSummedWhole(result.Block)))
            {
                _out.Line(clear);
            }
            else
            {
                _out.Block("if (blocks != BlockSet.All)", () => _out.Line(clear));
            }
        }
    }

    private bool IsSummedWhole(int block) => block >= 0 && _model.Blocks[block].IsTable && !_traits.IsByRows;

    private string SumName(int block) => "sum" + _sizes.NameOf(block);

    /// <summary>Numbers of one target row, where it holds whole blocks.</summary>
    private string SumLength => _traits.IsByRows ? "sumLength" : _sizes.StorageLength;

    private string SumStart()
    {
        var direction = Sweep.Repeats == Role.Direction ? "d * part + " : "";
        return $"{direction}tile.Target * {SumLength}";
    }

    /// <summary>Where a block's sum of the tile's segment starts.</summary>
    private string SumAt(int block)
    {
        if (!IsPassOfRows)
        {
            return $"{SumStart()} + {PlaceOf(block)}";
        }

        var direction = Sweep.Repeats == Role.Direction ? "d * part + " : "";
        var target = StepOf(block) is var step && step == "1" ? "tile.Target" : $"tile.Target * {step}";
        return direction + target + (PlaceOf(block) is var place && place == "0" ? "" : " + " + place);
    }

    /// <summary>Where a block's sums of the first target start.</summary>
    private string PlaceOf(int block) =>
        !IsPassOfRows ? _traits.IsByRows ? $"layout.SumOffset({Formula.Invariant(block)}, 1)" : _sizes.Offset(block)
        : Enumerable.Range(0, block).All(other => _traits.PassOf(other) != Sweep.Pass) ? "0"
        : $"layout.SumOffset({Formula.Invariant(block)}, segments.TargetRows)";

    /// <summary>From a target's sum of a block to the next one's.</summary>
    private string StepOf(int block) => !IsPassOfRows ? SumLength : _model.Blocks[block].Columns is { } columns ? Sizes.Stride(columns) : "1";

    private void Print(IEnumerable<Output> outputs) =>
        Under(outputs, output => output is not PassOutput && output.Result.IsGated && _model.Blocks.Count > 1 ? Contains(output.Result.Block) : "", Print);

    private void Print(Output output)
    {
        switch (output)
        {
            case WriteOutput write:
                Write(write);
                break;
            case WriteMatrixOutput write:
                WriteMatrix(write);
                break;
            case WriteTableOutput write:
                WriteTable(write);
                break;
            case AddNumberOutput add:
                _out.Line(output.Result.Kind == ResultKind.Segment
                    ? $"flows[tile.Target] += {Multiple(add.Multiple)}Panel.Sum({Of(add.Numbers)}, tile.Count);"
                    : $"sums[{SumAt(output.Result.Block)}] += Panel.Sum({Of(add.Numbers)}, tile.Count);");
                break;
            case PassOutput pass:
                Pass(pass);
                break;
            case AddDotsOutput add:
                _out.Line($"flows[tile.Target] += {Multiple(add.Multiple)}Panel.SumOfDots({Factor(add.Factor)}, {Of(add.Left)}, {Of(add.Right)}, tile.Count);");
                break;
            case AddRowsOutput add:
                _out.Line($"Panel.AddRows({SumName(output.Result.Block)}, {Factor(add.Factor)}, {Of(add.Rows)}, tile.Count);");
                break;
            case AddSharedRowOutput add:
                _out.Line($"Panel.AddRow({SumName(output.Result.Block)}, {Multiple(add.Multiple)}{(add.Factor is null ? "tile.Count" : $"Panel.Sum({Of(add.Factor)}, tile.Count)")}, {Of(add.Row)});");
                break;
            case AddMatrixOutput add:
                AddMatrix(SumName(output.Result.Block), add.Term, Of(add.Term.Left), Of(add.Term.Right), "tile.Count", _model.Blocks[output.Result.Block]);
                break;
            case ScatterOutput scatter:
                var columns = _model.Blocks[output.Result.Block].Columns;
                var index = Index(scatter.Column, Side.Right);
                _out.Line($"Panel.AddScattered({(columns is null ? $"Panel.GatheredNumbers<{_type}>(sums, {SumAt(output.Result.Block)}, {index})" : $"Panel.Gathered<{_type}>(sums, {SumAt(output.Result.Block)}, {Sizes.Length(columns)}, {index})")}, {Factor(scatter.Factor)}, {Of(scatter.Rows)}, tile.Count);");
                break;
            case AddDotOutput add:
                _out.Lines($"Panel.Clear({Of(add.Total)}, 1);", $"Panel.AddRows({Of(add.Total)}, {Factor(add.Factor)}, {Of(add.Rows)}, tile.Count);",
                    $"flows[tile.Target] += {Multiple(add.Multiple)}Panel.Dot({Of(add.Total)}, {Of(add.Shared)});");
                break;
            default:
                throw new InvalidOperationException($"The printer does not know {output.GetType().Name}.");
        }
    }

    /// <summary>A number that the segment's examples share, as a factor.</summary>
    private string Multiple(SharedNumber? number) => number is null ? ""
        : number.Kept is { } kept ? $"Panel.Sum({Of(kept)}, 1) * "
        : string.Concat(Simplification.Algebra.FactorsOf(number.Product!).Select(factor => factor switch
        {
            Number constant => Literal(constant.Value),
            Symbol { Role: Role.Mask } mask => $"({Contains(mask.Slot)} ? 1 : 0)",
            Symbol share => $"examples.RowShares({Formula.Invariant(share.Slot)})[tile.Row]",
            _ => throw UnknownNodeException.In("The printer", factor),
        } + " * "));

    private string Factor(Value? factor) => factor is null ? $"Panel.Ones<{_type}>()" : Of(factor);

    // ---- passes --------------------------------------------------------------------------------------------------

    /// <summary>A pass over a tile: sums are cleared where a segment starts, and added to.</summary>
    private void Pass(PassOutput pass) => Pass(pass, "tile.Count", SumName, block => $"Panel.Number<{_type}>(sums, {SumAt(block)})", "Panel.Number<" + _type + ">(flows, tile.Target)");

    /// <summary>One loop over the examples' rows: a pass of the library's, by a formula of its own.</summary>
    private void Pass(PassOutput pass, string over, Func<int, string> sumOf, Func<int, string> totalOf, string segmentTotal)
    {
        _out.Comment(pass.Formulas.Count == 0 ? "One loop over the examples' rows"
            : "One loop over the examples' rows: " + string.Join(", ", pass.Formulas.Select(step => $"{Of(step.Target)} = {FormulaOf(step.Target.Meaning)}")));
        Set("Rows", pass.Rows.Select(Of));
        Set("With", pass.Dots.Select(dot => Of(dot.With)));
        for (var i = 0; i < pass.Numbers.Count; i++)
        {
            _out.Line($"pass.{FormulaTable.Letter(i).ToUpperInvariant()} = {Of(pass.Numbers[i])};");
        }

        for (var i = 0; i < pass.SegmentNumbers.Count; i++)
        {
            _out.Line($"pass.{FormulaTable.SegmentLetter(i).ToUpperInvariant()} = {Of(pass.SegmentNumbers[i])};");
        }

        Set("Store", pass.Stores.Select(store => $"Panel.Numbers<{_type}>({store.Result.Target}, {(Sweep.Repeats == Role.Direction ? "d * part + " : "")}tile.Start, tile.Count)"));
        if (pass.Sum is not null)
        {
            _out.Line($"pass.Sum0 = {Gated(pass.Sum.Result, sumOf)};");
        }

        if (pass.OtherSum is not null)
        {
            _out.Line($"pass.Sum1 = {Gated(pass.OtherSum.Result, sumOf)};");
        }

        if (pass.Inner is { } inner)
        {
            _out.Lines($"pass.Sum1 = {Of(inner.Total)};", $"pass.Scale = {Scale(inner.Multiple)};");
        }

        if (pass.TotalResult is not null)
        {
            _out.Line($"pass.Total0 = {Gated(pass.TotalResult, totalOf)};");
        }

        if (pass.SegmentResult is not null)
        {
            _out.Line($"pass.Total1 = {segmentTotal};");
        }

        _out.Line($"Panel.Pass<{_formulas.NameOf(pass)}, {_type}>(pass, {over});");

        void Set(string name, IEnumerable<string> values)
        {
            foreach (var (value, i) in values.Select((value, i) => (value, i)))
            {
                _out.Line($"pass.{name}{Formula.Invariant(i)} = {value};");
            }
        }

        // What is left out is added up elsewhere, and forgotten.
        string Gated(SweepResult result, Func<int, string> placeOf) => result.IsGated && _model.Blocks.Count > 1
            ? $"{Contains(result.Block)} ? {placeOf(result.Block)} : forgotten{_sizes.NameOf(result.Block)}" : placeOf(result.Block);

        string Scale(SharedNumber? multiple) => multiple is null ? "1" : Multiple(multiple) is var text ? text.Substring(0, text.Length - " * ".Length) : "";
    }

    /// <summary>A kernel that is one pass goes over all its segments at once: each one's sums are written, those of left-out blocks cleared.</summary>
    private void WholePass(PassOutput pass)
    {
        _out.Line("var tile = Tiles.Whole(segments, first, last);");
        Declare(_kernel.Values.Where(value => value.Level != Level.Sweep && !value.IsScratch));
        var sums = Sweep.Results.Where(result => result.Kind == ResultKind.Gradient).ToList();
        if (sums.Count > 0)
        {
            var isCovered = IsPassOfRows && sums.All(sum => pass.Gradients.Contains(sum));
            if (!isCovered)
            {
                ClearSums(sums);
            }
            else if (_model.Blocks.Count > 1)
            {
                _out.Block("if (blocks != BlockSet.All)", () => ClearSums(sums));
            }
        }

        Pass(pass, "segments.Between(first, last)",
            block => $"Panel.RowsOfSegments<{_type}>(sums, {PlaceOf(block)}, {Sizes.Length(_model.Blocks[block].Columns!)}, {StepOf(block)})",
            block => $"Panel.NumbersOfSegments<{_type}>(sums, {PlaceOf(block)}, {StepOf(block)})",
            $"Panel.NumbersOfSegments<{_type}>(flows, 0, 1)");

        void ClearSums(List<SweepResult> results) => _out.Lines([.. (IsPassOfRows
            ? results.Select(result => $"{PlaceOf(result.Block)}, {StepOf(result.Block)}, {StepOf(result.Block)}") : [$"0, {SumLength}, {SumLength}"])
            .Select(place => $"Panel.ClearOfSegments(sums, {place}, segments.Between(first, last));")]);
    }

    /// <summary>The operands of a pass, and where sums go that are not wanted.</summary>
    private void DeclarePass()
    {
        if (PassOf is not { } pass)
        {
            return;
        }

        _out.Line(pass.IsWhole ? $"var pass = new PassOperands<{_type}>();" : $"var pass = new PassOperands<{_type}> {{ Adds = true }};");
        if (_model.Blocks.Count == 1)
        {
            return;
        }

        foreach (var block in pass.Gradients.Where(result => result.IsGated).Select(result => result.Block).Distinct())
        {
            _out.Line($"var forgotten{_sizes.NameOf(block)} = {(_model.Blocks[block].Columns is { } columns ? $"scratch.Row({Sizes.Length(columns)})" : "scratch.Number(0)")};");
        }
    }

    private void Write(WriteOutput write)
    {
        var (target, value) = (write.Result.Target, write.Value);
        if (write.Result.Block >= 0)
        {
            _out.Line($"Panel.Write({target}, tile.Start * {_sizes.RowLength} + {_sizes.RowOffset(write.Result.Block)}, {_sizes.RowLength}, {Of(value)}, tile.Count);");
            return;
        }

        var step = value.Shape.Length is { } length ? Sizes.Stride(length) : "1";
        var at = step == "1" ? "tile.Start" : $"tile.Start * {step}";
        if (Sweep.Repeats == Role.Basis)
        {
            var outputs = Sizes.Length(value.Shape.Length!);
            (at, step) = ($"(tile.Start * {outputs} + output) * {step}", $"{outputs} * {step}");
        }

        _out.Line($"Panel.Write({target}, {(Sweep.Repeats == Role.Direction ? "d * part + " : "")}{at}, {step}, {Of(value)}, tile.Count);");
    }

    private void WriteMatrix(WriteMatrixOutput write)
    {
        var block = _model.Blocks[write.Result.Block];
        var at = $"tile.Start * {_sizes.RowLength} + {_sizes.RowOffset(write.Result.Block)}";
        if (write.Terms.Count == 1 && write.Terms[0].Matrix is null)
        {
            _out.Line($"Panel.WriteOuter(rows, {at}, {_sizes.RowLength}, {Of(write.Terms[0].Left)}, {Of(write.Terms[0].Right)}, tile.Count);");
            return;
        }

        _out.Block("for (var e = 0; e < tile.Count; e++)", () =>
        {
            _out.Line($"var row = Panel.Rows<{_type}>(rows[((tile.Start + e) * {_sizes.RowLength} + {_sizes.RowOffset(write.Result.Block)})..], 0, {Sizes.Length(block.Height!)}, {Sizes.Length(block.Columns!)});");
            _out.Line($"Panel.Clear(row, {Sizes.Length(block.Height!)});");
            foreach (var term in write.Terms)
            {
                AddMatrix("row", term, At(term.Left), At(term.Right), "1", block);
            }
        });

        string At(Value value) => value.Level == Level.Example ? $"{Of(value)}.From(e)" : Of(value);
    }

    private void AddMatrix(string sum, MatrixTerm term, string left, string right, string count, Block block)
    {
        if (term.Matrix is null)
        {
            _out.Line($"Panel.AddOuter({sum}, {left}, {right}, {count});");
            return;
        }

        var height = Sizes.Length(block.Height!);
        _out.Block("", () => _out.Lines(
            "var matrixMark = scratch.Mark();",
            $"var matrix = scratch.Rows({height}, {Sizes.Length(block.Columns!)});",
            $"Panel.Clear(matrix, {height});",
            $"Panel.AddOuter(matrix, {left}, {right}, {count});",
            $"Panel.Multiply(matrix, {Of(term.Matrix)}, matrix, {height});",
            $"Panel.Add({sum}, {sum}, matrix, {height});",
            "scratch.Release(matrixMark);"));
    }

    /// <summary>A table's packed gradient is the whole table's, zero but for the rows that the example names.</summary>
    private void WriteTable(WriteTableOutput write)
    {
        var block = write.Result.Block;
        _out.Block("for (var e = 0; e < tile.Count; e++)", () =>
        {
            var at = $"(tile.Start + e) * {_sizes.RowLength} + {_sizes.RowOffset(block)}";
            var index = $"{Index(write.Column, Side.Right)}.Slice(e, 1)";
            var target = _model.Blocks[block].Columns is { } columns
                ? $"Panel.Gathered<{_type}>(rows, {at}, {Sizes.Length(columns)}, {index})"
                : $"Panel.GatheredNumbers<{_type}>(rows, {at}, {index})";
            _out.Line($"Panel.AddScattered({target}, Panel.Ones<{_type}>(), {Of(write.Rows)}.From(e), 1);");
        });
    }

    // ---- pairs ---------------------------------------------------------------------------------------------------

    private void Pairs()
    {
        var pass = Formula.Invariant(Sweep.Pass);
        _out.Line($"var segments = leftExamples.SegmentsOf({pass});");
        if (PacksMatrices(_ => true))
        {
            _out.Line("var examplesOfSegment = leftExamples.Count / Math.Max(1, segments.Count) + rightExamples.Count;");
        }

        var pairs = _kernel.Outputs.Cast<PairOutput>().SelectMany(output => output.Dots.Select(dot => dot.Target).Concat(output.Sames.Select(same => same.Target))).Distinct().ToList();
        Declare(_kernel.Values.Where(value => value.Level == Level.Sweep));
        Declare(_kernel.Values.Where(value => value.Level != Level.Sweep && value.IsScratch && !pairs.Contains(value)));
        foreach (var pair in pairs)
        {
            _out.Line($"var {Of(pair)} = scratch.Rows(TileLength, PanelLength);");
            if (WantedFor(pair) is { Length: > 0 } condition)
            {
                _out.Block(condition.Contains(' ') ? $"if (!({condition}))" : $"if (!{condition})", () => _out.Line($"Panel.Clear({Of(pair)}, TileLength);"));
            }
        }

        if (IsListed)
        {
            _out.Line("var pairs = scratch.Span(TileLength * PanelLength);");
        }

        Matrices();
        Print(_kernel.Steps.Where(step => step.Target.Level == Level.Sweep));
        if (IsPassOfRows)
        {
            _out.Block("foreach (var run in Tiles.Of(segments, first, last, int.MaxValue))", () =>
            {
                // Of most rows there are examples on one side only.
                _out.Line($"var right = Tiles.Whole(rightExamples.SegmentsOf({pass}), run.Row, run.Row + 1);");
                _out.Block("if (run.Count == 0 || right.Count == 0)", () => _out.Line("continue;"));
                Run("Tiles.Parts(right, PairTileLength)");
            });
        }
        else
        {
            _out.Line("var run = Tiles.Whole(segments, first, last);");
            Run("Tiles.Over(rightExamples.Count, PairTileLength)");
        }

        void Run(string tiles)
        {
            Declare(_kernel.Values.Where(value => value.Level == Level.Segment && !value.IsScratch));
            Print(_kernel.Steps.Where(step => step.Target.Level == Level.Segment));
            _out.Block($"foreach (var tile in {tiles})", RightTile);
        }
    }

    private void RightTile()
    {
        Declare(_kernel.Values.Where(value => value is { Level: Level.Example, IsScratch: false, Side: Side.Right }));
        Print(_kernel.Steps.Where(step => step.Target is { Level: Level.Example, Side: Side.Right }));
        _out.Block("foreach (var left in Tiles.Parts(run, TileLength))", () =>
        {
            Declare(_kernel.Values.Where(value => value is { Level: Level.Example, IsScratch: false, Side: Side.Left }));
            Print(_kernel.Steps.Where(step => step.Target is { Level: Level.Example, Side: Side.Left }));
            _out.Block("for (var panel = 0; panel < tile.Count; panel += PanelLength)", () =>
            {
                _out.Line("var width = Math.Min(PanelLength, tile.Count - panel);");
                Under(_kernel.Outputs.Cast<PairOutput>(), output => _model.Blocks.Count == 1 ? "" : output.Blocks.Count == 1 ? Contains(output.Result.Block)
                    : AnyOf([.. output.Blocks.Select(result => result.Block)]), Pair);
            });
        });
    }

    /// <summary>The condition under which the dots of pairs are taken, where a formula is of several blocks; else they stay 0.</summary>
    private string WantedFor(Value pair)
    {
        var outputs = _kernel.Outputs.Cast<PairOutput>().Where(output => output.Blocks.Count > 1).ToList();
        HashSet<int> blocks = [.. outputs.SelectMany(output => output.Dots).Where(dot => dot.Target == pair).SelectMany(dot => dot.Blocks)];
        return blocks.Count == 0 ? "" : AnyOf(blocks);
    }

    private void Pair(PairOutput output)
    {
        Under(output.Dots, dot => output.Blocks.Count > 1 ? WantedFor(dot.Target) : "", dot =>
        {
            _out.Comment($"{Of(dot.Target)} = {FormulaOf(dot.Left.Meaning)}·{FormulaOf(dot.Right.Meaning)}, for every pair");
            _out.Line($"Panel.PairDots({Of(dot.Target)}.Narrowed(width), {Of(dot.Left)}, {Of(dot.Right)}.From(panel), left.Count, width);");
        });

        foreach (var (columns, target) in output.Sames)
        {
            _out.Line($"Panel.PairSameRow({Of(target)}, {Index(columns.Slot, Side.Left)}, {Index(columns.Column, Side.Right)}.Slice(panel, width));");
        }

        var all = output.Dots.Select(dot => dot.Target).Concat(output.Sames.Select(same => same.Target))
            .Concat(output.Reads.Where(read => output.Dots.All(dot => dot.Left != read && dot.Right != read))).Distinct().ToList();
        var operands = all.Select(value => value is { Level: Level.Example, Side: Side.Right } && value.Shape.IsNumber && !IsOfPair(value)
            ? $"{Of(value)}.AsRow(panel, width)" : IsOfPair(value) ? $"{Of(value)}.Narrowed(width)" : Of(value));
        var call = $"{string.Join(", ", operands)}, left.Count, width);";
        var formula = $"Panel.AddPairs<{_formulas.NameOf(output.Formula, all)}, {_type}>";
        _out.Comment($"gram += {FormulaOf(output.Formula)}");
        if (IsListed)
        {
            _out.Lines("pairs.Clear();", $"{formula}(pairs, 0, PanelLength, {call}",
                "Panel.AddToPairs(gram, rightExamples.Count, left.Order, tile.Order.Slice(panel, width), pairs, PanelLength);");
        }
        else
        {
            _out.Line($"{formula}(gram, left.Start * rightExamples.Count + tile.Start + panel, rightExamples.Count, {call}");
        }

        bool IsOfPair(Value value) => output.Dots.Any(dot => dot.Target == value) || output.Sames.Any(same => same.Target == value);
    }
}
