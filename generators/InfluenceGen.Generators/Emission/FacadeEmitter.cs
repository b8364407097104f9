using System.Linq;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Emission;

/// <summary>Prints what users call on their own class, so that nobody writes type arguments by hand.</summary>
internal sealed class FacadeEmitter(ModelSpec spec, ModelGraph model, CodeWriter output)
{
    /// <summary>Sizes that neither the declaration nor the examples tell.</summary>
    private string SizeParameters => string.Concat(OpenSizes.Select(size => $", int {size}"));

    private string SizeArguments => string.Concat(OpenSizes.Select(size => $", {size}"));

    private System.Collections.Generic.IEnumerable<string> OpenSizes => model.Tables == 0
        ? []
        : model.Dimensions.Where(dimension => dimension.IsOpen).Select(dimension => dimension.Name);

    public void Emit()
    {
        if (model.Tables > 0)
        {
            ReadRatings();
        }
        else if (spec.FeatureProperties.Count > 0)
        {
            ReadRecords();
        }
        else
        {
            ReadColumns();
        }

        output.Lines(
            "",
            "/// <summary>A ledger of who gives influence and who gets it, kept while a model trains.</summary>",
            "/// <param name=\"train\">The training set.</param>",
            "/// <param name=\"deployment\">The deployment set, of the same individuals.</param>");
        SizeDocumentation();
        output.Lines(
            "/// <exception cref=\"ArgumentException\">The sets do not fit this model or each other.</exception>",
            $"public static Ledger<Model, double> Ledger(ExampleSet<double> train, ExampleSet<double> deployment{SizeParameters}) =>",
            $"    new(Model.For(train{SizeArguments}), train, deployment);",
            "",
            "/// <summary>Trains the model.</summary>",
            "/// <param name=\"train\">The training set.</param>",
            "/// <param name=\"plan\">How to train.</param>");
        SizeDocumentation();
        output.Lines(
            "/// <param name=\"observers\">Who watches, such as a ledger.</param>",
            "/// <exception cref=\"ArgumentException\">The set does not fit this model, or the plan the set.</exception>",
            "/// <exception cref=\"TrainingDivergedException\">The step size is too large; the message suggests another.</exception>",
            $"public static Fit<Model, double> Train(ExampleSet<double> train, GradientDescent plan{SizeParameters}, params ReadOnlySpan<ITrainingObserver<double>> observers) =>",
            $"    Trainer.Train<Model, double>(Model.For(train{SizeArguments}), train, plan, observers);");
    }

    private void SizeDocumentation()
    {
        foreach (var size in OpenSizes)
        {
            output.Line($"/// <param name=\"{size}\">The embeddings' dimension.</param>");
        }
    }

    private void ReadRatings() => output.Lines(
        "/// <summary>Reads ratings: a line for each, holding user, item and rating, separated by blanks or tabs.</summary>",
        "/// <param name=\"path\">The file.</param>",
        "/// <exception cref=\"ExampleDataException\">The file cannot be used; the message says where and why.</exception>",
        "public static ExampleSet<double> Read(string path) => RatingsFile.Read<double>(path);");

    private void ReadColumns() => output.Lines(
        "/// <summary>Reads a CSV file with a header; every column but the label and the individual is a feature.</summary>",
        "/// <param name=\"path\">The file.</param>",
        "/// <param name=\"label\">The column to be predicted.</param>",
        "/// <param name=\"individual\">The column that names the individual; without it every row is an individual of its own.</param>",
        "/// <exception cref=\"ExampleDataException\">The file cannot be used; the message says where and why.</exception>",
        "public static ExampleSet<double> Read(string path, string label, string? individual = null) =>",
        $"    CsvExamples.Read<double>(path, label, individual, LabelDomain.{model.Loss.Labels});");

    private void ReadRecords()
    {
        var features = spec.FeatureProperties;
        var columns = string.Join(", ", features.Select(feature => Quoted(feature.Column)));
        var individual = spec.IndividualProperty is { } person ? Quoted(person.Column) : "null";
        output.Lines(
            "/// <summary>Reads a CSV file with a header whose columns are those of the marked properties.</summary>",
            "/// <param name=\"path\">The file.</param>",
            "/// <exception cref=\"ExampleDataException\">The file cannot be used; the message says where and why.</exception>",
            "public static ExampleSet<double> Read(string path) =>",
            $"    CsvExamples.Read<double>(path, {Quoted(spec.LabelProperty!.Column)}, {individual}, LabelDomain.{model.Loss.Labels}, [{columns}]);",
            "",
            "/// <summary>Makes one example of each object.</summary>",
            "/// <param name=\"rows\">The objects.</param>",
            "/// <exception cref=\"ArgumentException\">There is none, or a value is not finite or no label of this model.</exception>",
            $"public static ExampleSet<double> From(System.Collections.Generic.IEnumerable<{spec.Name}> rows) => RecordExamples.From<{spec.Name}, double>(",
            "    rows,",
            $"    [{columns}],",
            "    static (row, features) =>",
            "    {");
        for (var i = 0; i < features.Count; i++)
        {
            output.Line($"        features[{Signatures.Invariant(i)}] = {Number(features[i])};");
        }

        output.Lines(
            "    },",
            $"    static row => {Number(spec.LabelProperty!)},",
            spec.IndividualProperty is { } named
                ? $"    static row => {(named.Kind == PropertyKind.Text ? $"row.{named.Name}" : $"row.{named.Name}.ToString(System.Globalization.CultureInfo.InvariantCulture)")},"
                : "    null,",
            $"    LabelDomain.{model.Loss.Labels});");
    }

    private static string Number(PropertySpec property) => property.Kind == PropertyKind.Boolean
        ? $"row.{property.Name} ? 1.0 : 0.0"
        : $"(double)row.{property.Name}";

    private static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
}
