using System.Globalization;
using System.Linq;
using System.Text;
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
            "/// <param name=\"deployment\">The deployment set; the sets are matched by name.</param>");
        SizeDocumentation();
        output.Lines(
            "/// <exception cref=\"ArgumentException\">The sets do not fit this model or each other.</exception>",
            $"public static Ledger<Model, {Number}> Ledger({Examples} train, {Examples} deployment{SizeParameters}) =>",
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
            $"public static Fit<Model, {Number}> Train({Examples} train, GradientDescent plan{SizeParameters}, params ReadOnlySpan<ITrainingObserver<{Number}>> observers) =>",
            $"    Trainer.Train<Model, {Number}>(Model.For(train{SizeArguments}), train, plan, observers);");
    }

    private void SizeDocumentation()
    {
        foreach (var size in OpenSizes)
        {
            output.Line($"/// <param name=\"{size}\">The embeddings' dimension.</param>");
        }
    }

    private void ReadRatings()
    {
        if (spec.ItemProperty is not { } item)
        {
            output.Lines(
                "/// <summary>Reads ratings: a line for each, holding user, item and rating, separated by blanks or tabs.</summary>",
                PathDocumentation,
                FileException,
                $"public static {Examples} Read(string path) => RatingsFile.Read<{Number}>(path);",
                "",
                "/// <summary>Reads ratings by the users and items of another set, such as those of a test file after the training file.</summary>",
                PathDocumentation,
                LikeDocumentation,
                FileException,
                LikeException,
                $"public static {Examples} Read(string path, {Examples} like) => Read(path).Like(like);");
            return;
        }

        var (user, rating) = (spec.IndividualProperty!, spec.LabelProperty!);
        output.Lines(
            "/// <summary>Reads ratings from a CSV file with a header whose columns are those of the marked properties.</summary>",
            PathDocumentation,
            FileException,
            $"public static {Examples} Read(string path) =>",
            $"    RatingsFile.ReadCsv<{Number}>(path, {Quoted(user.Column)}, {Quoted(item.Column)}, {Column(rating)});",
            "",
            "/// <summary>Reads ratings by the users and items of another set, such as those of a test file after the training file.</summary>",
            PathDocumentation,
            LikeDocumentation,
            FileException,
            LikeException,
            $"public static {Examples} Read(string path, {Examples} like) => Read(path).Like(like);",
            "");
        From("/// <summary>Makes one rating of each object.</summary>",
            "/// <exception cref=\"ArgumentException\">There is none or one is null, a name is missing, a rating is not finite, or a user rates an item twice.</exception>",
            $"RecordExamples.Ratings<{spec.Name}, {Number}>(",
            () => output.Lines(
                "rows,",
                $"static row => {Name(user)},",
                $"static row => {Name(item)},",
                $"static row => {Value(rating)},",
                "like);"));
    }

    private void ReadColumns()
    {
        if (OneLabel)
        {
            output.Lines(
                "/// <summary>Reads a CSV file with a header; every column but the label and the individual is a feature.</summary>",
                PathDocumentation,
                IsOfClasses
                    ? $"/// <param name=\"label\">The column of the class, a number from 0{(spec.Outputs == 0 ? " up: each that occurs is a class" : $" to {Signatures.Invariant(spec.Outputs - 1)}, or one of as many others")}.</param>"
                    : "/// <param name=\"label\">The column to be predicted.</param>",
                IndividualDocumentation,
                MaybeLikeDocumentation,
                FileException,
                LikeException,
                $"public static {Examples} Read(string path, string label, string? individual = null, {Examples}? like = null) =>",
                $"    CsvExamples.Read<{Number}>(path, label, individual, {Domain}{(IsOfClasses ? Classes(", classes: ") : "")}, like: like);");
        }

        if (IsOfClasses)
        {
            output.Line();
        }

        if (IsOfClasses || !OneLabel)
        {
            output.Lines(
                "/// <summary>Reads a CSV file with a header; every column but the labels and the individual is a feature.</summary>",
                PathDocumentation,
                IsOfClasses
                    ? "/// <param name=\"labels\">The columns of the shares of each class, which add up to 1.</param>"
                    : "/// <param name=\"labels\">The columns to be predicted, one for each output.</param>",
                IndividualDocumentation,
                MaybeLikeDocumentation,
                FileException,
                LikeException,
                $"public static {Examples} Read(string path, IReadOnlyList<string> labels, string? individual = null, {Examples}? like = null) =>",
                $"    CsvExamples.Read<{Number}>(path, labels, individual, {Domain}, like: like);");
        }

        output.Lines(
            "",
            "/// <summary>Reads the same columns of another CSV file, such as those of the test file after the training file.</summary>",
            PathDocumentation,
            LikeDocumentation,
            FileException,
            LikeException,
            $"public static {Examples} Read(string path, {Examples} like) => CsvExamples.Read<{Number}>(path, like, {Domain});");
    }

    private void ReadRecords()
    {
        var features = spec.FeatureProperties;
        var label = spec.LabelProperty!;
        var names = string.Join(", ", features.SelectMany(feature => feature.Kind == PropertyKind.Choice
            ? feature.Members.Select(member => Quoted($"{feature.Column}={member.Name}"))
            : [Quoted(feature.Column)]));
        output.Lines(
            "/// <summary>Reads a CSV file with a header whose columns are those of the marked properties.</summary>",
            PathDocumentation,
            FileException,
            $"public static {Examples} Read(string path) => Read(path, null);",
            "",
            "/// <summary>Reads a CSV file in the order of another set, such as a test file after the training file.</summary>",
            PathDocumentation,
            MaybeLikeDocumentation,
            FileException,
            LikeException,
            $"public static {Examples} Read(string path, {Examples}? like) =>",
            $"    CsvExamples.Read<{Number}>(path, {Column(label)}, {(spec.IndividualProperty is { } person ? Quoted(person.Column) : "null")}, "
                + $"{Domain}, [{string.Join(", ", features.Select(Column))}]{(IsOfClasses && label.Kind == PropertyKind.Number ? Classes(", ") : "")}, like: like);",
            "");
        From("/// <summary>Makes one example of each object.</summary>",
            "/// <exception cref=\"ArgumentException\">There is none or one is null, or a value is not finite or no label of this model.</exception>",
            $"RecordExamples.{(IsOfClasses ? "FromClasses" : "From")}<{spec.Name}, {Number}>(",
            () =>
            {
                output.Lines("rows,", $"[{names}],", "static (row, features) =>", "{");
                output.Indent(() =>
                {
                    var place = 0;
                    foreach (var feature in features)
                    {
                        var at = Signatures.Invariant(place);
                        output.Line(feature.Kind == PropertyKind.Choice
                            ? $"features[{(place == 0 ? "" : at + " + ")}{Member(feature)}] = 1;"
                            : $"features[{at}] = {Value(feature)};");
                        place += feature.Columns;
                    }
                });
                output.Line("},");
                output.Line(!IsOfClasses ? $"static row => {Value(label)},"
                    : label.Kind == PropertyKind.Choice ? $"static row => {Member(label)}," : $"static row => row.{label.Name},");
                if (IsOfClasses)
                {
                    output.Line((label.Kind == PropertyKind.Choice
                        ? $"[{string.Join(", ", label.Members.Select(member => Quoted(member.Name)))}]"
                        : Signatures.Invariant(spec.Outputs)) + ",");
                }

                output.Line((spec.IndividualProperty is { } named ? $"static row => {Name(named)}" : "null")
                    + (IsOfClasses ? ", like);" : $", {Domain}, like);"));
            });
    }

    /// <summary>The method that reads objects. What it reads may be obsolete, which is the user's to know, not ours.</summary>
    private void From(string summary, string exception, string call, System.Action arguments)
    {
        output.Lines(
            summary,
            "/// <param name=\"rows\">The objects.</param>",
            exception,
            $"public static {Examples} From(IEnumerable<{spec.Name}> rows) => From(rows, null);",
            "",
            "#pragma warning disable CS0612, CS0618",
            summary.Replace(".</summary>", ", in the order of another set.</summary>"),
            "/// <param name=\"rows\">The objects.</param>",
            MaybeLikeDocumentation,
            exception,
            $"public static {Examples} From(IEnumerable<{spec.Name}> rows, {Examples}? like) => {call}");
        output.Indent(arguments);
        output.Line("#pragma warning restore CS0612, CS0618");
    }

    private const string PathDocumentation = "/// <param name=\"path\">The file.</param>";

    private const string FileException =
        "/// <exception cref=\"ExampleDataException\">The file cannot be used; the message says where and why.</exception>";

    private const string LikeDocumentation =
        "/// <param name=\"like\">The other set, such as the training set: what has a name is put in its order.</param>";

    private const string MaybeLikeDocumentation =
        "/// <param name=\"like\">Another set, such as the training set, if there is one: what has a name is put in its order.</param>";

    private const string LikeException =
        "/// <exception cref=\"ArgumentException\">What has a name in one of the sets is missing in the other; the message names it.</exception>";

    private const string IndividualDocumentation =
        "/// <param name=\"individual\">The column that names the individual; without it every row is an individual of its own, and of this file.</param>";

    private string Number => spec.IsSingle ? "float" : "double";

    private string Examples => $"ExampleSet<{Number}>";

    private string Domain => $"LabelDomain.{model.Loss.Labels}";

    private bool IsOfClasses => model.Loss.Labels == "Distribution";

    /// <summary>Whether a label is one number or one class.</summary>
    private bool OneLabel => IsOfClasses || spec.Outputs == 1;

    /// <summary>The argument that is the number of classes, if it is known.</summary>
    private string Classes(string before) => spec.Outputs == 0 ? "" : before + Signatures.Invariant(spec.Outputs);

    private static string Column(PropertySpec property) => property.Kind switch
    {
        PropertyKind.Boolean => $"CsvColumn.Boolean({Quoted(property.Column)})",
        PropertyKind.Choice => $"CsvColumn.OneOf({string.Join(", ", property.Members.Select(member => member.Name).Prepend(property.Column).Select(Quoted))})",
        _ => Quoted(property.Column),
    };

    private string Value(PropertySpec property) => property.Kind == PropertyKind.Boolean
        ? $"row.{property.Name} ? 1 : 0"
        : $"({Number})row.{property.Name}";

    private static string Member(PropertySpec property) =>
        $"RecordExamples.Member(row.{property.Name}, [{string.Join(", ", property.Members.Select(member => member.Expression))}], {Quoted(property.Column)})";

    private static string Name(PropertySpec property) => property.Kind == PropertyKind.Text
        ? $"row.{property.Name}"
        : $"row.{property.Name}.ToString(CultureInfo.InvariantCulture)";

    /// <summary>A string literal. What cannot be seen, or would end a line, is written by its number.</summary>
    private static string Quoted(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (var character in text)
        {
            if (character is '"' or '\\')
            {
                literal.Append('\\').Append(character);
            }
            else if (char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)
            {
                literal.Append("\\u").Append(((int)character).ToString("X4", CultureInfo.InvariantCulture));
            }
            else
            {
                literal.Append(character);
            }
        }

        return literal.Append('"').ToString();
    }
}
