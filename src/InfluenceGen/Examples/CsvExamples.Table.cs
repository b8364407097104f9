using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace InfluenceGen.Examples;

public static partial class CsvExamples
{
    /// <summary>What one file holds, as it is read: features, labels or classes, and each row's individual as a place in
    /// <see cref="NameCodes"/>.</summary>
    private sealed class Table<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly int _featureCount;
        private readonly RowBuffer<T> _features;
        private readonly RowBuffer<T>? _labels;
        private readonly RowBuffer<T>? _weights;
        private readonly RowBuffer<T>? _offsets;
        private readonly int _declared;
        private bool _labelsDiffer;

        /// <summary>No rows.</summary>
        /// <param name="featureColumns">The columns of the features.</param>
        /// <param name="featureCount">How many features they make.</param>
        /// <param name="roles">The columns of the labels.</param>
        /// <param name="rows">How many rows are expected; not more than 0 where that is not known.</param>
        public Table(IReadOnlyList<CsvColumn> featureColumns, int featureCount, Roles roles, long rows)
        {
            FeatureColumns = featureColumns;
            _featureCount = featureCount;
            _features = new RowBuffer<T>(featureCount, ExampleSet<T>.StrideOf(featureCount), rows);
            _labels = roles.AreClasses ? null : new RowBuffer<T>(roles.Labels.Length, ExampleSet<T>.LabelStrideOf(roles.Labels.Length), rows);
            _weights = roles.Weight is null ? null : new RowBuffer<T>(1, 1, rows);
            _offsets = roles.Offset is null ? null : new RowBuffer<T>(1, 1, rows);
            MostRows = Math.Min(_features.MostRows, _labels?.MostRows ?? int.MaxValue);
            var capacity = (int)Math.Clamp(rows, 0, MostRows);
            _declared = roles.Classes;
            Classes = roles.AreClasses ? new List<int>(capacity) : [];
            People = roles.Individual is null ? [] : new List<int>(capacity);
        }

        public IReadOnlyList<CsvColumn> FeatureColumns { get; }

        public int Count => _features.Count;

        public int MostRows { get; }

        public T FirstLabel { get; private set; }

        /// <summary>The class numbers, and the classes once those are known.</summary>
        public List<int> Classes { get; }

        /// <summary>The first class number beyond those declared, and its line.</summary>
        public (int Class, int Line)? Beyond { get; private set; }

        public List<int> People { get; }

        /// <summary>Whether every label is that one.</summary>
        public bool HasOnlyLabel(T label) => !_labelsDiffer && FirstLabel == label;

        /// <summary>The features of another row, zeros as yet.</summary>
        public Span<T> AddRow(string path, int line) => Count < MostRows
            ? _features.Add()
            : throw new ExampleDataException(string.Create(CultureInfo.InvariantCulture,
                $"the row is one too many: {MostRows:N0} rows of {_featureCount:N0} features are as much as one set holds."), path, line);

        /// <summary>The labels of another row, zeros as yet.</summary>
        public Span<T> AddLabels() => _labels!.Add();

        /// <summary>Whether a weight is more than 0.</summary>
        public bool HasWeight { get; private set; }

        public void AddWeight(T weight)
        {
            _weights!.Add()[0] = weight;
            HasWeight |= weight > T.Zero;
        }

        public void AddOffset(T offset) => _offsets!.Add()[0] = offset;

        /// <summary>Takes note of labels that have been read, whether they are always the same.</summary>
        public void Note(ReadOnlySpan<T> labels)
        {
            FirstLabel = Count == 1 ? labels[0] : FirstLabel;
            foreach (var label in labels)
            {
                _labelsDiffer |= label != FirstLabel;
            }
        }

        public void AddClass(int number, int line)
        {
            Classes.Add(number);
            if (number >= _declared)
            {
                Beyond ??= (number, line);
            }
        }

        public ExampleSet<T> Build(Roles roles, Individuals individuals, ReadOnlySpan<int> individualOf,
            ImmutableArray<string> labelNames)
        {
            var names = FeatureColumns.SelectMany(column => column.FeatureNames);
            return _labels is null
                ? ExampleSet<T>.OfRows(_features.Finish(), _featureCount, CollectionsMarshal.AsSpan(Classes), labelNames.Length,
                    individuals, individualOf, names, labelNames, _weights?.Finish(), _offsets?.Finish())
                : ExampleSet<T>.OfRows(_features.Finish(), _featureCount, _labels.Finish(), roles.Labels.Length, Count,
                    individuals, individualOf, names, labelNames, _weights?.Finish(), _offsets?.Finish());
        }
    }
}
