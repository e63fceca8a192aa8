// PDF/A-1b by Apache PDFBox Preflight, for each file named:
//   java -cp preflight.jar:pdfbox2.jar:... Preflight.java FILE...
// Prints "valid FILE" or every error, and exits 1 if there was one.
import java.io.File;
import java.util.logging.LogManager;
import org.apache.pdfbox.preflight.PreflightDocument;
import org.apache.pdfbox.preflight.ValidationResult;
import org.apache.pdfbox.preflight.exception.SyntaxValidationException;
import org.apache.pdfbox.preflight.parser.PreflightParser;

public class Preflight {
  static ValidationResult judge(File file) throws Exception {
    PreflightParser parser = new PreflightParser(file);
    try {
      parser.parse();
      try (PreflightDocument document = parser.getPreflightDocument()) {
        document.validate();
        return document.getResult();
      }
    } catch (SyntaxValidationException e) {
      return e.getResult();
    }
  }

  public static void main(String[] files) throws Exception {
    LogManager.getLogManager().reset();
    int bad = 0;
    for (String name : files) {
      ValidationResult result = judge(new File(name));
      if (result.isValid()) {
        System.out.println("valid " + name);
        continue;
      }
      ++bad;
      for (ValidationResult.ValidationError e : result.getErrorsList())
        System.out.println("INVALID " + name + " " + e.getErrorCode() + " " + e.getDetails());
    }
    System.exit(bad > 0 || files.length == 0 ? 1 : 0);
  }
}
