using InfluenceGen.Examples;

namespace InfluenceGen.Tests.Models;

/// <summary>What the reference models share.</summary>
internal static class Reference
{
    /// <summary>The examples of the segments from <paramref name="first"/> to before <paramref name="last"/>.</summary>
    public static ExampleRange Examples<T>(ExampleSet<T> examples, int pass, int first, int last)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var segments = examples.SegmentsOf(pass);
        return new ExampleRange(segments.Order, segments.Offsets[first], segments.Offsets[last]);
    }

    public ref struct ExampleRange(ReadOnlySpan<int> order, int start, int end)
    {
        private readonly ReadOnlySpan<int> _order = order;
        private int _position = start - 1;

        public readonly int Current => _order.IsEmpty ? _position : _order[_position];

        public readonly ExampleRange GetEnumerator() => this;

        public bool MoveNext() => ++_position < end;
    }
}
