using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Reciprocity;

/// <summary>
/// The influence of individuals on themselves through rows that are theirs alone: an owned row is read by its user's
/// examples and no others, so all that it carries is self-influence, (its training gradient) · (its deployment gradient).
/// </summary>
internal sealed class OwnedRows<T> : IPartedWork where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Numbers in the rows of one part: what a thread multiplies in about a microsecond. Very long tables have longer parts.
    private const int PartLength = 4096;
    private const int MostParts = 4096;

    private readonly ParameterBlock[] _tables;
    private readonly int _rowLength;
    private readonly T[] _self;
    private readonly AlignedBuffer<T> _deploymentGradient;
    private TrainingStep<T> _step = null!;
    private int _parts;

    /// <param name="tables">The tables of owned rows, one or more.</param>
    /// <param name="self">Receives what individuals do to themselves, a number for each.</param>
    /// <param name="deploymentGradient">H, in storage order.</param>
    public OwnedRows(ReadOnlySpan<ParameterBlock> tables, T[] self, AlignedBuffer<T> deploymentGradient)
    {
        (_tables, _self, _deploymentGradient) = (tables.ToArray(), self, deploymentGradient);
        foreach (var table in _tables)
        {
            _rowLength += table.Stride;
        }
    }

    /// <summary>Adds η red g·g′ to each individual's sum.</summary>
    /// <param name="step">The step, its gradient summed; the deployment gradient is at the same weights.</param>
    public void Add(TrainingStep<T> step)
    {
        _step = step;
        var rows = step.Batch.SegmentsOf(0).Count;
        _parts = (int)Math.Clamp((long)rows * _rowLength / PartLength, 1, MostParts);
        step.Team.Run(this, _parts);
    }

    /// <summary>Adds up some of the batch's users.</summary>
    public void Run(int part)
    {
        var users = _step.Batch.SegmentsOf(0).Targets;
        var factor = T.CreateTruncating(_step.Factor);
        ReadOnlySpan<T> gradient = _step.Gradient.Span;
        ReadOnlySpan<T> other = _deploymentGradient.Span;
        users = users[(int)((long)users.Length * part / _parts)..(int)((long)users.Length * (part + 1) / _parts)];
        foreach (ref readonly var table in _tables.AsSpan())
        {
            if (table.IsScalars)
            {
                foreach (var user in users)
                {
                    _self[user] += factor * (gradient[table.Offset + user] * other[table.Offset + user]);
                }

                continue;
            }

            foreach (var user in users)
            {
                var start = table.Offset + user * table.Stride;
                _self[user] += factor * TensorPrimitives.Dot(gradient.Slice(start, table.Stride), other.Slice(start, table.Stride));
            }
        }
    }
}
